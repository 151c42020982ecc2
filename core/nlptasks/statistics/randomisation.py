"""Approximate randomisation: what the difference of two systems is when their answers are swapped at random."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.resampling import FEW, HELD, Clusters, Counts, Matrix, units_of, values

#: Differences below this are rounding: two sums of the same rows in another order.
ROUNDING = 1e-10


def randomisation(
    metric: Metric, a: Matrix, b: Matrix, clusters: Clusters | None, rounds: int, seed: int, found: float
) -> float:
    """Probability that equal systems differ as much as ``found``; see :func:`nlptasks.statistics.intervals.paired`."""
    generator = np.random.default_rng(seed)
    swapped = _swapped_pool if hasattr(metric, "weighted") else _swapped_sums
    as_large = sum(
        int(np.sum(np.abs(some) >= found - ROUNDING)) for some in swapped(metric, a, b, clusters, rounds, generator)
    )
    return (as_large + 1) / (rounds + 1)


def _swapped_sums(
    metric: Metric, a: Matrix, b: Matrix, clusters: Clusters | None, rounds: int, generator: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Differences after swapping, ``[some]`` at a time: what swapping moves between two sums is ``a - b``."""
    sum_a, sum_b = a.sum(axis=0), b.sum(axis=0)
    units = units_of(metric, a - b, None, clusters, None)
    moving = units.rows.any(axis=1)
    rows, counts = units.rows[moving], units.counts[moving]
    if len(counts) * FEW > counts.sum():
        rows, counts = np.repeat(rows, counts, axis=0), np.ones(int(counts.sum()), dtype=np.int64)
    for swaps in _swaps(counts, rounds, generator):
        moved = swaps.astype(np.float64) @ rows
        yield metric.score(sum_b + moved) - metric.score(sum_a - moved)


def _swapped_pool(
    metric: Metric, a: Matrix, b: Matrix, clusters: Clusters | None, rounds: int, generator: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """The same for a metric that needs the rows themselves: both systems' are weighed with 0 and 1."""
    units = units_of(metric, np.hstack([a, b]), None, clusters, None)
    k = a.shape[1]
    pool = np.vstack([units.rows[:, :k], units.rows[:, k:]])
    times = units.counts if units.owner is None else np.ones(len(units.rows), dtype=np.int64)
    for swaps in _swaps(units.counts, rounds, generator, wide=2 * len(units.rows)):
        there = (swaps if units.owner is None else swaps[:, units.owner]).astype(np.float64)
        here = times - there
        second = values(metric, np.hstack([there, here]), pool)
        yield second - values(metric, np.hstack([here, there]), pool)


def _swaps(
    counts: Counts, rounds: int, generator: np.random.Generator, *, wide: int = 0
) -> Iterator[NDArray[np.int64] | NDArray[np.uint8]]:
    """How many units of each kind are swapped in each round, each with probability 1/2, ``[some, kinds]`` at a time."""
    kinds = len(counts)
    size = max(1, HELD // max(kinds, wide, 1))
    for done in range(0, rounds, size):
        some = min(size, rounds - done)
        if counts.size and int(counts.max()) > 1:
            yield generator.binomial(counts, 0.5, size=(some, kinds))
        else:
            bits = generator.integers(256, size=(some, -(-kinds // 8)), dtype=np.uint8)
            yield np.unpackbits(bits, axis=1, count=kinds)
