from nlptasks.plugin import hookimpl


@hookimpl
def nlptasks_head():
    return []
