"""A sentiment head that counts words and minds negation and emphasis; and an observer that counts rows."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.events import RunFinished
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example, HeadContext, HiddenStates, Window

GOOD = re.compile(r"amazing|best|excellent|fun|good|gorgeous|great|happy|love|loved|perfect|recommend|works")
BAD = re.compile(r"awful|bad|boring|broke|broken|hate|poor|refund|rude|slow|terrible|useless|waste|worst")
NEGATION = re.compile(r".+n't|cannot|hardly|neither|never|no|nobody|not|nothing|without")
BOOSTER = re.compile(r"absolutely|completely|extremely|incredibly|really|so|totally|very")
CLAUSE = re.compile(r"[^.,:;!?\n]+!*")  # a negation says nothing about the next clause


@dataclass(frozen=True)
class Options:
    """Each field is a flag of ``nlptasks run sentiment``."""

    emphasis: float = field(default=2.0, metadata={"help": "weight of a WORD, very word or word!", "min": 1})
    negation_reach: int = field(default=3, metadata={"help": "words behind a negation that it turns", "min": 0})


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    summary = "counts good and bad words, with negation and emphasis"
    return [HeadSpec(name="emphasis", task="sentiment", summary=summary, object=f"{__name__}:Head", options=Options)]


@hookimpl
def nlptasks_run_finished(event: RunFinished) -> None:
    """Add the number of rows to the file that NLPTASKS_EMPHASIS_LOG names, where it names one."""
    if path := os.environ.get("NLPTASKS_EMPHASIS_LOG"):
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(f"{event.rows}\t{event.output}\n")


class Head:
    labels = ("negative", "positive")

    def __init__(self, context: HeadContext) -> None:
        self._options: Options = context.options or Options()

    def windows(self, examples: Sequence[Example]) -> list[list[Window]]:
        return [[] for _ in examples]  # it reads the text itself and needs no backbone

    def reduce(self, states: HiddenStates) -> Sequence[None]:
        return []  # never called, since there are no windows

    def read(self, example: Example, windows: Sequence[Window], reduced: Sequence[None]) -> Label:
        total = sum(self._clause(clause) for clause in CLAUSE.findall(example.inputs["text"].replace("’", "'")))
        positive = (1 + math.tanh(total / 2)) / 2  # the logistic function, which cannot overflow like this
        scores = {"negative": 1 - positive, "positive": positive}
        label = max(scores, key=scores.__getitem__)
        return Label(label, scores[label], scores)

    def _clause(self, clause: str) -> float:
        total, before = 0.0, list[str]()  # the words behind, the nearest first
        for word in re.findall(r"[\w']+", clause):
            loud = clause.endswith("!") or re.fullmatch("[A-Z]{2,}", word) or any(map(BOOSTER.fullmatch, before[:1]))
            sign = -1 if any(map(NEGATION.fullmatch, before[: self._options.negation_reach])) else 1
            value = bool(GOOD.fullmatch(word.lower())) - bool(BAD.fullmatch(word.lower()))
            total += sign * value * (self._options.emphasis if loud else 1)
            before = [word.lower(), *before[: self._options.negation_reach]]
        return total
