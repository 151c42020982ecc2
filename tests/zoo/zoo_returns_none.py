from nlptasks.plugin import hookimpl


@hookimpl
def nlptasks_heads():
    pass
