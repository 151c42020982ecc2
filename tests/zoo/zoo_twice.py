from nlptasks.plugin import HeadSpec, hookimpl

HEAD = HeadSpec(name="twin", summary="x", task="sentiment", object="zoo_twice:Head")


@hookimpl
def nlptasks_heads():
    return [HEAD, HEAD]
