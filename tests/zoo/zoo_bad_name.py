from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="Not A Name", summary="x", task="sentiment", object="zoo_bad_name:Head")]
