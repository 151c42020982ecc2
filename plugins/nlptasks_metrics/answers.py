"""Metrics of extracted answers, as in SQuAD's ``evaluate-v1.1.py`` (Rajpurkar et al. 2016), from 0 to 1.

A target with several gold answers is a JSON list of strings; the one that suits the prediction best counts.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from nlptasks_metrics.targets import MeanOverExamples

_DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize(answer: str) -> str:
    """Lower-case, delete ASCII punctuation, then articles, and squeeze white space (SQuAD's ``normalize_answer``)."""
    bare = answer.lower().translate(_DELETE_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


class ExactMatch(MeanOverExamples):
    """Share of answers that equal one of the gold answers after normalisation."""

    binary = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:exact-match|norm:squad-v1.1|refs:max"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction)
        return float(any(answer == normalize(gold) for gold in references))


class SquadF1(MeanOverExamples):
    """Mean over the examples of the token F1 with the gold answer that fits best."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:squad-f1|norm:squad-v1.1|refs:max"

    def value(self, prediction: str, references: Sequence[str]) -> float:
        answer = normalize(prediction).split()
        return max(_token_f1(answer, normalize(gold).split()) for gold in references)


def _token_f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two multisets of tokens; 0 where both are empty, as under v1.1 (v2 makes that 1)."""
    shared = (Counter(answer) & Counter(gold)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(answer), shared / len(gold)
    return 2 * precision * recall / (precision + recall)
