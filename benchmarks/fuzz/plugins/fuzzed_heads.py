"""A head without a backbone for every task, so that a case costs what nlptasks itself costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks.errors import UsageError
from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

TASKS = ("classification", "generation", "qa", "sentiment", "summarization", "translation")


@dataclass(frozen=True)
class Options:
    """Options whose values are checked and then left alone."""

    threshold: float = field(default=0.5, metadata={"help": "a number", "min": 0.0, "max": 1.0})
    beams: int = field(default=1, metadata={"help": "a whole number", "min": 1})
    seed: int = field(default=0, metadata={"help": "a seed", "min": 0, "max": 2**32 - 1})


@dataclass(frozen=True)
class LabelOptions(Options):
    """Those of heads that choose a label."""

    labels: tuple[str, ...] = field(default=("negative", "positive"), metadata={"help": "labels"})


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The heads, all of one name."""
    return [
        HeadSpec(
            name="fuzzed",
            task=task,
            summary="looks at nothing",
            object="fuzzed_heads:Fuzzed",
            options=LabelOptions if task in ("classification", "sentiment") else Options,
        )
        for task in TASKS
    ]


class Fuzzed:
    """The head of any task; see :class:`nlptasks.plugin.protocols.Head`."""

    def __init__(self, context: HeadContext) -> None:
        self._options: Any = context.options
        self.labels = tuple(getattr(self._options, "labels", ()))
        if not self.labels and hasattr(self._options, "labels"):
            raise UsageError("--labels names none", hint="--labels negative,positive")

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[None]:
        return [None] * len(states.mask)

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[None]) -> Label | Span | Text:
        first = next(iter(example.inputs.values()))
        if "text" in example.inputs:
            return Label(self.labels[len(first) % len(self.labels)], 0.75)
        if "context" in example.inputs:
            piece = example.inputs["context"][:4]
            return Span(piece, 0.5, 0, len(piece))
        return Text(first)
