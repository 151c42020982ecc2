"""Draws samples and clusters with replacement, as weights of the rows of a statistics matrix."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric

#: Numbers that are held in memory at a time: 16 MB, which stays in the caches of a processor.
HELD = 2_000_000

#: From so many units of a kind on, drawing how often the kind occurs is faster than drawing the units.
FEW = 8

Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]
Clusters = Sequence[Hashable]


def values(metric: Metric, weights: NDArray[np.float64] | NDArray[np.int64], matrix: Matrix) -> NDArray[np.float64]:
    """Value of a metric for each of some weightings of its rows.

    Args:
        metric: The metric. One whose value is no function of a sum (area under a curve) has the method
            ``weighted(weights, matrix)``, which does the same as this function.
        weights: How often each row counts, ``[draws, samples]`` or ``[samples]``.
        matrix: Its statistics, ``[samples, k]``.

    Returns:
        ``[draws]``, or a scalar array.
    """
    weighted = getattr(metric, "weighted", None)
    found: NDArray[np.float64] = weighted(weights, matrix) if weighted else metric.score(weights @ matrix)
    return found


@dataclass(frozen=True)
class Units:
    """What is drawn with replacement.

    Args:
        rows: Rows of statistics that :meth:`draw` weighs, ``[rows, k]``.
        counts: How many units of each kind there are, ``[kinds]``.
        owner: Kind that each row belongs to, ``[rows]``; ``None``: each row is a kind.
        times: How often each row occurs in its unit; ``None``: once.
    """

    rows: Matrix
    counts: Counts
    owner: NDArray[np.int64] | None = None
    times: Counts | None = None

    def draw(self, resamples: int, generator: np.random.Generator) -> Iterator[Matrix]:
        """Weights of the rows in each resample, ``[some, rows]`` at a time."""
        for drawn in _drawn(self.counts, len(self.rows), resamples, generator):
            weights = drawn.astype(np.float64)
            if self.owner is not None:
                weights = weights[:, self.owner]
            yield weights if self.times is None else weights * self.times


def units_of(metric: Metric, matrix: Matrix, counts: Counts | None, clusters: Clusters | None, n: int | None) -> Units:
    """What is drawn: equal rows together, or clusters; in an order that does not depend on that of the samples.

    Args:
        metric: The metric, which decides whether a cluster is the sum of its rows.
        matrix: Statistics, ``[samples, k]``.
        counts: How often each row occurs; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Rows that the metric reads; further rows of zeros are not drawn. ``None``: all.
    """
    if clusters is None:
        rows, times = _distinct(matrix, counts)
        return Units(rows, times if n is None else _without_unread(rows, times, n))
    order = _order(matrix)
    rows = matrix[order]
    times = np.ones(len(rows), dtype=np.int64) if counts is None else counts[order]
    names = [str(clusters[at]) for at in order]
    known = {name: at for at, name in enumerate(sorted(set(names)))}
    owner = np.array([known[name] for name in names], dtype=np.int64)
    one_each = np.ones(len(known), dtype=np.int64)
    if hasattr(metric, "weighted"):
        return Units(rows, one_each, owner, times)
    sums = np.zeros((len(known), matrix.shape[1]))
    np.add.at(sums, owner, rows * times[:, None])
    return Units(sums, one_each)


def _without_unread(rows: Matrix, counts: Counts, n: int) -> Counts:
    """Without the rows of zeros that stand for samples which the metric cannot read: they are not drawn either."""
    empty = ~rows.any(axis=1)
    return np.where(empty, np.maximum(counts - (counts.sum() - n), 0), counts)


def _distinct(matrix: Matrix, counts: Counts | None) -> tuple[Matrix, Counts]:
    """The different rows in an order of their own, and how often each occurs."""
    rows = np.ascontiguousarray(matrix + 0.0)  # -0.0 becomes 0.0
    _, first, kind = np.unique(_bytes(rows), return_index=True, return_inverse=True)
    times = np.bincount(kind.ravel(), weights=counts, minlength=len(first))
    return rows[first], np.rint(times).astype(np.int64)


def _order(matrix: Matrix) -> NDArray[np.int64]:
    return np.argsort(_bytes(np.ascontiguousarray(matrix + 0.0)), kind="stable").astype(np.int64)


def _bytes(rows: Matrix) -> NDArray[np.void]:
    """Each row as one value that can be sorted, whatever its width."""
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).reshape(len(rows))


def _drawn(counts: Counts, rows: int, resamples: int, generator: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """How often each kind occurs in each resample of all units, ``[some, kinds]`` at a time, in bounded memory."""
    total, kinds = int(counts.sum()), len(counts)
    if not total:
        return
    few = kinds * FEW <= total
    kind = np.repeat(np.arange(kinds), 0 if few else counts)
    size = max(1, HELD // max(rows, kinds if few else total))
    for done in range(0, resamples, size):
        draws = min(size, resamples - done)
        if few:
            yield generator.multinomial(total, counts / total, size=draws)
            continue
        drawn = generator.integers(total, size=(draws, total))
        yield occurrences(drawn if kinds == total else kind[drawn], kinds)


def occurrences(drawn: NDArray[np.int64], kinds: int) -> NDArray[np.int64]:
    """How often each of some kinds occurs in each row of draws."""
    at = drawn + (np.arange(len(drawn)) * kinds)[:, None]
    return np.bincount(at.ravel(), minlength=len(drawn) * kinds).reshape(len(drawn), kinds)
