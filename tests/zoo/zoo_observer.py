from nlptasks.plugin import hookimpl

seen = []


@hookimpl
def nlptasks_run_started(event):
    seen.append(event)


@hookimpl
def nlptasks_batch_finished(event):
    seen.append(event)


@hookimpl
def nlptasks_run_finished(event):
    seen.append(event)
