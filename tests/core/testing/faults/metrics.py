"""Faults of metrics."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from nlptasks.plugin import (
    MetricSpec,
)

from .fault import Fault

HERE = __name__


class Hits:
    """The proportion of predictions that are the gold answer: an honest metric."""

    binary = True
    signature = "metric:hits|case:folded"

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.examples = 0

    def stats(self, predictions, targets):
        hits = [float(p.casefold() == t.casefold()) for p, t in zip(predictions, targets, strict=True)]
        return np.array([[hit, 1.0] for hit in hits]).reshape(-1, 2)

    def score(self, sums):
        return np.divide(sums[..., 0], sums[..., 1], out=np.zeros(sums.shape[:-1]), where=sums[..., 1] != 0)


class OfItsBatch(Hits):
    binary = False

    def stats(self, predictions, targets):
        found = super().stats(predictions, targets)
        return found / max(1, len(found))


class OfItsOrder(Hits):
    binary = False

    def stats(self, predictions, targets):
        found = super().stats(predictions, targets)
        return found * np.arange(len(found)).reshape(-1, 1)


class OneShape(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets)[:, 0]


class NoRows(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets)[:-1]


class Whole(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets).astype(int)


class OneValue(Hits):
    def score(self, sums):
        return float(np.mean(super().score(sums)))


class Percent(Hits):
    def score(self, sums):
        return 100 * super().score(sums)


class NeverANumber(Hits):
    def score(self, sums):
        return super().score(sums) * np.nan


class InfiniteRows(Hits):
    def stats(self, predictions, targets):
        return np.full((len(targets), 2), np.inf)


class Errors(Hits):
    def score(self, sums):
        return 1 - super().score(sums)


class Remembers(Hits):
    def stats(self, predictions, targets):
        self.examples += len(targets)
        return super().stats(predictions, targets)

    def score(self, sums):
        return super().score(sums) * min(1.0, 8 / max(1, self.examples))


class Unsigned(Hits):
    signature = "hits"


class Signs(Hits):
    @property
    def signature(self):
        return f"metric:hits|at:{random.Random().random()}"


class NotBinary(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets) / 2


class Talks(Hits):
    def stats(self, predictions, targets):
        print("scoring")
        return super().stats(predictions, targets)


def metric(made: type, **more: Any) -> MetricSpec:
    return MetricSpec(name="hits", summary="s", object=f"{HERE}:{made.__name__}", **more)


def found() -> list[Fault]:
    changed: list[tuple[str, type, str]] = [
        ("statistics that depend on the batch", OfItsBatch, "the statistics of an example depend on the batch"),
        ("statistics that depend on the order", OfItsOrder, "the statistics of an example depend on"),
        ("statistics of the wrong shape", OneShape, "stats() must give an array [examples, k]"),
        ("a row missing", NoRows, "stats() must give an array [examples, k]"),
        ("whole numbers", Whole, "stats() must give float64"),
        ("one value for many sums", OneValue, "score() of sums of the shape"),
        ("a value out of its range", Percent, "is outside the range that the descriptor gives, 0 to 1"),
        ("a value that is not a number", NeverANumber, "the value of all examples is not a number"),
        ("statistics that are not finite", InfiniteRows, "not finite"),
        ("the wrong direction", Errors, "the descriptor says that higher is better"),
        ("a value that depends on what it saw before", Remembers, "depends on what the metric saw before"),
        ("no signature", Unsigned, "the signature must be key:value joined by |"),
        ("a signature that changes", Signs, "two openings have different signatures"),
        ("a proportion that is none", NotBinary, "a binary metric has the rows [hit, 1]"),
        ("prints on standard output", Talks, "printed 'scoring"),
    ]
    return [Fault("metric", fault, metric(made), says) for fault, made, says in changed]
