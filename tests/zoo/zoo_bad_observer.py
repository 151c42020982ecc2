from nlptasks.plugin import hookimpl


@hookimpl
def nlptasks_batch_finished(event):
    raise OSError("no terminal")


@hookimpl
def nlptasks_run_finished(event):
    raise AssertionError("never called after the first failure")
