"""Another plugin with a head of the same name as the good one's."""

from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="good", summary="Does it too.", task="sentiment", object="zoo_rival:Head")]
