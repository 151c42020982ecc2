"""A plugin that does what it should."""

from dataclasses import dataclass, field

from nlptasks.plugin import HeadSpec, hookimpl


@dataclass(frozen=True)
class Options:
    loud: bool = field(default=False, metadata={"help": "Shout."})


@hookimpl
def nlptasks_heads():
    yield HeadSpec(name="good", summary="Does it.", task="sentiment", object="zoo_good:Head", options=Options)


class Head:
    pass
