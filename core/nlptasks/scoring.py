"""Scores with their n and their 95 % interval, from any metric's statistics matrix.

Equal (answer, gold) pairs are counted and not kept, so a table of a million labelled rows takes no more memory than its
confusion matrix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from nlptasks.contracts import Metric

#: Resamples of the bootstrap, and the seed that makes an interval the same every time.
RESAMPLES = 2_000
SEED = 12_345

#: Draws that are held in memory at a time.
_DRAWS = 20_000_000

Pairs = Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class Score:
    """One score.

    Args:
        metric: Name of the metric.
        value: Its value on all examples.
        low: Lower end of the 95 % interval.
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


def score_pairs(name: str, metric: Metric, pairs: Pairs, *, baseline: Pairs | None = None) -> Score:
    """Score counted ``(answer, gold)`` pairs.

    Args:
        name: Name of the metric.
        metric: The metric.
        pairs: How often each pair of answer and gold occurs.
        baseline: The same for the trivial baseline.

    Raises:
        ValueError: There is no pair.
    """
    matrix, counts = _statistics(metric, pairs)
    n = int(counts.sum())
    value = float(metric.score(counts @ matrix))
    if metric.binary:
        low, high = wilson(round(float((counts @ matrix)[0])), n)
        method = "ci:wilson"
    else:
        low, high = bootstrap(metric, matrix, counts)
        method = f"ci:bootstrap|bs:{RESAMPLES}|seed:{SEED}"
    return Score(
        metric=name,
        value=value,
        low=min(low, value),  # rounding may leave the value just outside where every example has the same one
        high=max(high, value),
        n=n,
        signature=f"{metric.signature}|{method}",
        baseline=None if baseline is None else _value(metric, baseline),
    )


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    interval = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap(metric: Metric, matrix: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float]:
    """95 % percentile interval (Efron 1979) over resamples of the examples.

    Drawing n examples with replacement is drawing how often each distinct row occurs, from a multinomial distribution.
    """
    generator = np.random.default_rng(SEED)
    n = int(counts.sum())
    size = max(1, min(RESAMPLES, _DRAWS // len(counts)))
    sizes = [min(size, RESAMPLES - done) for done in range(0, RESAMPLES, size)]
    values = [metric.score(generator.multinomial(n, counts / n, size=size) @ matrix) for size in sizes]
    low, high = np.percentile(np.concatenate(values), [2.5, 97.5])
    return float(low), float(high)


def gold_counts(pairs: Pairs) -> Counter[str]:
    """How often each gold answer occurs."""
    counts: Counter[str] = Counter()
    for (_, gold), count in pairs.items():
        counts[gold] += count
    return counts


def _value(metric: Metric, pairs: Pairs) -> float:
    matrix, counts = _statistics(metric, pairs)
    return float(metric.score(counts @ matrix))


def _statistics(metric: Metric, pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if not pairs:
        raise ValueError("a score needs one example or more")
    rows = sorted(pairs.items())  # the order of the rows must not change the draws of the bootstrap
    matrix = metric.stats([answer for (answer, _), _ in rows], [gold for (_, gold), _ in rows])
    return matrix, np.array([count for _, count in rows], dtype=np.int64)
