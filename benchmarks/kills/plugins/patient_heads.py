"""Heads for three tasks that take their time, so that a kill lands in the middle; a text decides its prediction."""

from __future__ import annotations

import mmap
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

#: Seconds for each row, and the file that is made when the first is predicted: they say nothing of what is predicted.
PAUSE, BEGUN = float(os.environ.get("KILLS_PAUSE", "0")), os.environ.get("KILLS_BEGUN", "")

#: Memory that each row asks for, so that a limit is felt.
BYTES = 32 << 20


@dataclass(frozen=True)
class KillsOptions:
    """The options of all of them."""

    seed: int = field(default=0, metadata={"help": "seeds what is sampled", "min": 0})


class Slow:
    """What the heads share."""

    labels: tuple[str, ...] = ()

    def __init__(self, context: HeadContext) -> None:
        self._options: Any = context.options

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        raise AssertionError("there is no backbone")

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[Any]) -> Any:
        if BEGUN:
            Path(BEGUN).touch()
        if PAUSE:
            mmap.mmap(-1, BYTES).close()
            time.sleep(PAUSE)
        text = "\n".join(example.inputs.values())
        if "unheard of" in text:
            raise ValueError("no head has heard of that")
        return self.predicted(example, random.Random(f"{self._options.seed} {text}"))

    def predicted(self, example: Example, draw: random.Random) -> Any:
        raise NotImplementedError


class Sampled(Slow):
    """A label that is sampled."""

    labels = ("negative", "positive")

    def predicted(self, example: Example, draw: random.Random) -> Label:
        score = draw.uniform(0.5, 1)
        label, other = draw.sample(self.labels, 2)
        return Label(label, score, {label: score, other: 1 - score})


class Found(Slow):
    """A piece of the context that is sampled."""

    def predicted(self, example: Example, draw: random.Random) -> Span:
        context = example.inputs["context"]
        start = draw.randrange(len(context))
        end = draw.randint(start, len(context))
        return Span(context[start:end], draw.random(), start, end)


class Written(Slow):
    """Words of the source that are sampled."""

    def predicted(self, example: Example, draw: random.Random) -> Text:
        words = example.inputs["source"].split()
        return Text(" ".join(draw.choices([*words, "ö\u2028\U0001f600", '"', ",\n"], k=draw.randint(1, 30))))


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The heads."""
    objects = {"sentiment": "Sampled", "qa": "Found", "translation": "Written"}
    return [
        HeadSpec(
            name="kills",
            task=task,
            summary="takes its time",
            object=f"patient_heads:{name}",
            options=KillsOptions,
        )
        for task, name in objects.items()
    ]
