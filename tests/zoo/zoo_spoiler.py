"""A head for sentiment that writes on what it is given."""

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label


class Spoiler:
    labels = ("negative", "positive")

    def __init__(self, context):
        self._backbone = context.backbone

    def windows(self, examples):
        return self._backbone.tokenize([example.inputs["text"] for example in examples])

    def reduce(self, states):
        states.mask.fill(False)
        states.states.fill(float("nan"))
        return [None] * len(states.windows)

    def read(self, example, windows, reduced):
        return Label("positive", 0.75)


@hookimpl
def nlptasks_heads():
    needs = frozenset({"encode"})
    return [HeadSpec(name="spoiler", summary="x", task="sentiment", object=f"{__name__}:Spoiler", needs=needs)]
