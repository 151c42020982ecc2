"""Heads for sentiment that need no backbone: a constant one, a slow one and one with a bug."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

SECONDS_PER_ROW = 0.02


@dataclass(frozen=True)
class ConstantOptions:
    answer: Literal["positive", "negative"] = field(default="positive", metadata={"help": "the one answer"})
    certainty: float = field(default=0.75, metadata={"help": "its probability", "min": 0.5, "max": 1.0})


@dataclass(frozen=True)
class SlowOptions:
    begun: str = field(default="begun", metadata={"help": "file to make when the first row is read"})


class Constant:
    """Gives one answer to every text."""

    labels = ("negative", "positive")

    def __init__(self, context: HeadContext) -> None:
        self._options: Any = context.options

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        raise AssertionError("a head without a backbone is given no hidden states")

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        return Label(self._options.answer, self._options.certainty)


class Slow(Constant):
    """Takes its time, so that a run can be ended in the middle."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        Path(self._options.begun).touch()
        time.sleep(SECONDS_PER_ROW)
        return Label("positive", 0.75)


class Raising(Constant):
    """Cannot read a text that says so."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        text = example.inputs["text"]
        if "boom" in text:
            raise KeyError(text)
        return Label("positive", 0.75)


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    return [
        HeadSpec(
            name="constant",
            task="sentiment",
            summary="one answer to every text",
            object="constant:Constant",
            options=ConstantOptions,
        ),
        HeadSpec(
            name="slow",
            task="sentiment",
            summary="waits before every answer",
            object="constant:Slow",
            options=SlowOptions,
        ),
        HeadSpec(name="raising", task="sentiment", summary="fails on a text with 'boom'", object="constant:Raising"),
    ]
