from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_tasks():
    return [HeadSpec(name="good", summary="No task.", task="sentiment", object="zoo_wrong_descriptor:Head")]
