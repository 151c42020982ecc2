"""Heads without a backbone: for sentiment one whose answers look drawn, each by the text and the seed; an echo."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label, Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window


@dataclass(frozen=True)
class DrawnOptions:
    seed: int = field(default=0, metadata={"help": "what is drawn"})
    pause: float = field(default=0.0, metadata={"help": "seconds for each row", "min": 0.0})
    words: str = field(default="", metadata={"help": "file that changes nothing", "path": True})


class Drawn:
    """Answers by a hash."""

    labels = ("negative", "positive")

    def __init__(self, context: HeadContext) -> None:
        self._options: Any = context.options

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        raise AssertionError("a head without a backbone is given no hidden states")

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        time.sleep(self._options.pause)
        text = f"{self._options.seed} {example.inputs['text']}"
        share = hashlib.sha256(text.encode()).digest()[0] / 255
        label = "positive" if share > 0.5 else "negative"
        return Label(label, max(share, 1 - share), {"negative": 1 - share, "positive": share})


class Contrary(Drawn):
    """Says the opposite."""

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Label:
        label = super().read(example, windows, reduced)
        answer = {"positive": "negative", "negative": "positive"}[label.label]
        return Label(answer, 1 - label.score, {answer: 1 - label.score, label.label: label.score})


class Echo(Drawn):
    """Translates each text into itself."""

    labels = ()

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Text:
        return Text(example.inputs["source"])


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    return [
        HeadSpec(
            name="drawn",
            task="sentiment",
            summary="answers by a hash of the text",
            object=f"{__name__}:Drawn",
            options=DrawnOptions,
        ),
        HeadSpec(name="echo", task="translation", summary="the source itself", object=f"{__name__}:Echo"),
        HeadSpec(
            name="contrary",
            task="sentiment",
            summary="answers by the hash, the other way round",
            object=f"{__name__}:Contrary",
            options=DrawnOptions,
        ),
    ]
