from nlptasks.plugin import hookimpl


@hookimpl
def nlptasks_run_started(run):
    pass
