"""Scores with their n and their 95 % interval, from any metric's statistics matrix.

Equal (prediction, gold) pairs are counted and not kept, so a table of a million labelled rows takes no more memory than
its confusion matrix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics import intervals
from nlptasks.statistics.intervals import UNBOUNDED, wilson
from nlptasks.statistics.resampling import values

Pairs = Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class Score:
    """One score.

    Args:
        metric: Name of the metric.
        value: Its value on all examples.
        low: Lower end of the 95 % interval; NaN where there is none, and the signature says why.
        high: Upper end.
        n: Examples it was computed on.
        signature: What must be equal for two scores to be comparable, the interval's method included.
        baseline: Value of the trivial baseline on the same examples, where there is one.
    """

    metric: str
    value: float
    low: float
    high: float
    n: int
    signature: str
    baseline: float | None = None


def score_pairs(
    name: str,
    metric: Metric,
    pairs: Pairs,
    *,
    baseline: Pairs | None = None,
    scale: tuple[float, float] = UNBOUNDED,
) -> Score:
    """Score counted ``(prediction, gold)`` pairs.

    Args:
        name: Name of the metric.
        metric: The metric.
        pairs: How often each pair of prediction and gold occurs.
        baseline: The same for the trivial baseline.
        scale: Lowest and highest value of the metric.

    Raises:
        ValueError: There is no pair.
    """
    matrix, counts = _statistics(metric, pairs)
    value = _weighed(metric, matrix, counts)
    interval = intervals.interval(metric, matrix, counts=counts, scale=scale)
    low, high = intervals.holding(interval.low, interval.high, value)
    return Score(
        metric=name,
        value=value,
        low=low,
        high=high,
        n=int(counts.sum()),
        signature=f"{metric.signature}|{interval.method}",
        baseline=None if baseline is None else _value(metric, baseline),
    )


def gold_counts(pairs: Pairs) -> Counter[str]:
    """How often each gold value occurs."""
    counts: Counter[str] = Counter()
    for (_, gold), count in pairs.items():
        counts[gold] += count
    return counts


def _value(metric: Metric, pairs: Pairs) -> float:
    matrix, counts = _statistics(metric, pairs)
    return _weighed(metric, matrix, counts)


def _weighed(metric: Metric, matrix: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    return float(values(metric, counts, matrix))


def _statistics(metric: Metric, pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if not pairs:
        raise ValueError("a score needs one example or more")
    rows = sorted(pairs.items())  # the order of the rows must not change the draws of the bootstrap
    matrix = metric.stats([prediction for (prediction, _), _ in rows], [gold for (_, gold), _ in rows])
    return matrix, np.array([count for _, count in rows], dtype=np.int64)


__all__ = ["Score", "gold_counts", "score_pairs", "wilson"]
