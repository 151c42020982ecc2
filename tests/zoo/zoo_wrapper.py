from nlptasks.plugin import hookimpl


@hookimpl(wrapper=True)
def nlptasks_heads():
    yield
    return []
