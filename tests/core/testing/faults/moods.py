"""Honest heads and their tasks, which planted faults change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import (
    ENCODE,
    Column,
    HeadSpec,
    TaskSpec,
)
from nlptasks.plugin.predictions import Label, Span
from nlptasks.plugin.protocols import HeadContext, HiddenStates

HERE = __name__


SENTIMENT = TaskSpec(
    name="mood",
    summary="is a text glad or sad?",
    inputs=(Column(name="text"),),
    gold=Column(name="mood_label"),
    prediction="nlptasks.plugin.predictions:Label",
    output="mood",
    metrics=("accuracy",),
    primary="accuracy",
    baseline=f"{HERE}:majority",
    examples=(
        {"text": "A good phone, it works and I love it.", "mood_label": "glad"},
        {"text": "It broke at once, a bad film and a slow one.", "mood_label": "sad"},
    ),
)

PIECES = replace(
    SENTIMENT,
    name="pieces",
    inputs=(Column(name="question"), Column(name="context")),
    gold=Column(name="answer"),
    prediction="nlptasks.plugin.predictions:Span",
    examples=({"question": "Where?", "context": "It was built in Paris, by the river.", "answer": "Paris"},),
)

TOKENS = replace(SENTIMENT, name="tokens", examples=({"text": '["A", "good", "phone"]', "mood_label": "glad"},))


def majority(counts: Mapping[str, int]) -> Callable[[object], Label]:
    best = max(counts, key=lambda name: counts[name])
    return lambda _example: Label(best, 1.0)


class Lexicon:
    """Counts glad and sad words: an honest head, whose kin below are not."""

    labels: ClassVar[tuple[str, ...]] = ("glad", "sad")

    def __init__(self, context: HeadContext) -> None:
        self.backbone = context.backbone
        self.rows = 0
        self.seen: dict[str, Label] = {}

    def windows(self, examples):
        if self.backbone is None:
            return [[] for _ in examples]
        return self.backbone.tokenize([self.text(example) for example in examples])

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        return [float(row[mask].mean()) for row, mask in zip(states.states, states.mask, strict=True)]

    def text(self, example) -> str:
        return example.inputs["text"]

    def read(self, example, windows, reduced):
        self.rows += 1
        words = [word.strip(".,").casefold() for word in self.text(example).split()]
        glad = 1 + sum(word in ("good", "works", "love") for word in words)
        sad = 1 + sum(word in ("broke", "bad", "slow") for word in words)
        scores = {"glad": glad / (glad + sad), "sad": sad / (glad + sad)}
        return self.changed(Label(max(scores, key=lambda name: scores[name]), max(scores.values()), scores), example)

    def changed(self, made: Label, example) -> Any:
        return made


class TokenList(Lexicon):
    """Its cell is a list of words in JSON; anything else it refuses, with the reason."""

    def text(self, example) -> str:
        try:
            return " ".join(json.loads(example.inputs["text"]))
        except ValueError as error:
            raise DataError("rows", "the cell is no list of words") from error


class Normalising(Lexicon):
    """It strips and folds what it reads."""

    def text(self, example) -> str:
        return " ".join(example.inputs["text"].casefold().split())


def leaning(made: Label, more: float) -> Label:
    """The same, a little nearer to ``glad``."""
    glad = min(1.0, made.scores["glad"] + more)
    scores = {"glad": glad, "sad": 1 - glad}
    label = max(scores, key=lambda name: scores[name])
    return Label(label, scores[label], scores)


class Piece:
    """The first word behind ``in``: an honest head of spans."""

    labels: ClassVar[tuple[str, ...]] = ()

    def __init__(self, context: HeadContext) -> None:
        pass

    def windows(self, examples):
        return [[] for _ in examples]

    def reduce(self, states):
        return []

    def read(self, example, windows, reduced):
        context = example.inputs["context"]
        start = context.find(" in ") + 4 if " in " in context else 0
        end = min(len(context), start + 5)
        return self.changed(Span(context[start:end], 0.5, start, end), context)

    def changed(self, made: Span, context: str) -> Any:
        return made


def head(made: type, task: TaskSpec = SENTIMENT, *, needs: bool = False) -> HeadSpec:
    needed = frozenset({ENCODE}) if needs else frozenset()
    return HeadSpec(
        name="under-test", summary="s", task=task.name, object=f"{made.__module__}:{made.__name__}", needs=needed
    )


def refuse(context: HeadContext) -> Lexicon:
    raise UsageError("it needs labels", hint="--labels A,B names them")
