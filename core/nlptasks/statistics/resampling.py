"""Samples and clusters drawn with replacement, as weights of the rows of a statistics matrix.

A metric is a matrix of sufficient statistics, a row a sample (see :class:`nlptasks.plugin.protocols.Metric`), so a
resample is a weighting of its rows. One system alone is drawn by its different rows (:func:`resampled`), which makes a
table of a million labelled rows as cheap as its confusion matrix, and the same whatever the order of the samples.
Systems that are compared share their draws (:func:`shared_resamples`), which depend on the number of samples and on
nothing else: two systems have the same resamples whether they are compared alone or among hundreds.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric

#: Resamples of the bootstrap, and the seed that makes them the same every time.
RESAMPLES = 2_000
SEED = 12_345

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


def value(metric: Metric, matrix: Matrix) -> float:
    """Value of a metric on all samples; NaN where it is not defined or there is no sample."""
    return float(values(metric, np.ones(len(matrix)), matrix)) if len(matrix) else math.nan


def resampled(
    metric: Metric,
    matrix: Matrix,
    *,
    counts: Counts | None = None,
    clusters: Clusters | None = None,
    n: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Values of one system on resamples of the samples, or of the clusters where samples come in such.

    Args:
        metric: The metric.
        matrix: Its statistics, ``[samples, k]``.
        counts: How often each row occurs, ``[samples]``; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Samples that the metric reads, where the matrix has rows of zeros for others; ``None``: all.
        resamples: How many resamples are drawn.
        seed: Seeds them.

    Returns:
        ``[resamples]``; NaN where the metric is not defined.
    """
    units = units_of(metric, matrix, counts, clusters, n)
    generator = np.random.default_rng(seed)
    found = [values(metric, weights, units.rows) for weights in units.draw(resamples, generator)]
    return np.concatenate(found) if found else np.full(resamples, math.nan)


def shared_resamples(
    metric: Metric,
    matrices: Sequence[Matrix],
    *,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Values of several systems on the same resamples.

    The order of the rows decides the draws, and so does nothing else about the systems: rows in the order of the
    samples' ids have the same resamples in whatever company a system is.

    Args:
        metric: The metric.
        matrices: Statistics of each system, ``[samples, k]``, row for row of the same samples.
        clusters: What each sample belongs to; ``None``: to nothing.
        resamples: How many resamples are drawn.
        seed: Seeds them.

    Returns:
        ``[systems, resamples]``; NaN where the metric is not defined.

    Raises:
        ValueError: The matrices differ in their shape, there is none, or they have no row.
    """
    shapes = {matrix.shape for matrix in matrices}
    if len(shapes) != 1 or not len(matrices[0]):
        raise ValueError(f"systems need the same samples, one or more; got {sorted(shapes)}")
    weighted = hasattr(metric, "weighted")
    owner, units = owners(clusters, len(matrices[0]))
    whole = clusters is not None and not weighted
    rows = [cluster_sums(matrix, owner, units) for matrix in matrices] if whole else list(matrices)
    side_by_side = None if weighted else np.ascontiguousarray(np.hstack(rows))
    found = []
    for drawn in _drawn(np.ones(units, dtype=np.int64), len(rows[0]), resamples, np.random.default_rng(seed)):
        weights = drawn.astype(np.float64)
        if side_by_side is None:
            by_row = weights if clusters is None else weights[:, owner]
            found.append(np.stack([values(metric, by_row, part) for part in rows]))
        else:
            sums = (weights @ side_by_side).reshape(len(weights), len(rows), -1)
            found.append(metric.score(sums).T)
    return np.concatenate(found, axis=1)


def owners(clusters: Clusters | None, samples: int) -> tuple[NDArray[np.int64], int]:
    """Number of the cluster that each sample belongs to, in the order of their names, and how many there are.

    Args:
        clusters: What each sample belongs to; ``None``: each is one of its own.
        samples: How many samples there are.
    """
    if clusters is None:
        return np.arange(samples, dtype=np.int64), samples
    names = [str(cluster) for cluster in clusters]
    known = {name: at for at, name in enumerate(sorted(set(names)))}
    return np.array([known[name] for name in names], dtype=np.int64), len(known)


def cluster_sums(matrix: Matrix, owner: NDArray[np.int64], clusters: int) -> Matrix:
    """Statistics of each cluster, ``[clusters, k]``: the sum of those of its samples."""
    sums = np.zeros((clusters, matrix.shape[1]))
    np.add.at(sums, owner, matrix)
    return sums


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

    def draw(self, resamples: int, generator: np.random.Generator, *, size: int | None = None) -> Iterator[Matrix]:
        """Weights of the rows in each resample, ``[some, rows]`` at a time.

        Args:
            resamples: How many resamples are drawn.
            generator: Draws them.
            size: Units of a resample; ``None``: as many as there are.
        """
        for drawn in _drawn(self.counts, len(self.rows), resamples, generator, size):
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
    owner, known = owners([clusters[at] for at in order], len(order))
    one_each = np.ones(known, dtype=np.int64)
    if hasattr(metric, "weighted"):
        return Units(rows, one_each, owner, times)
    return Units(cluster_sums(rows * times[:, None], owner, known), one_each)


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


def _drawn(
    counts: Counts, rows: int, resamples: int, generator: np.random.Generator, units: int | None = None
) -> Iterator[NDArray[np.int64]]:
    """How often each kind occurs in each resample of the units, ``[some, kinds]`` at a time, in bounded memory."""
    total, kinds = int(counts.sum()), len(counts)
    units = total if units is None else units
    if not total:
        return
    few = kinds * FEW <= total
    kind = np.repeat(np.arange(kinds), 0 if few else counts)
    size = max(1, HELD // max(rows, kinds if few else total))
    for done in range(0, resamples, size):
        draws = min(size, resamples - done)
        if few:
            yield generator.multinomial(units, counts / total, size=draws)
            continue
        drawn = generator.integers(total, size=(draws, units))
        yield occurrences(drawn if kinds == total else kind[drawn], kinds)


def occurrences(drawn: NDArray[np.int64], kinds: int) -> NDArray[np.int64]:
    """How often each of some kinds occurs in each row of draws."""
    at = drawn + (np.arange(len(drawn)) * kinds)[:, None]
    return np.bincount(at.ravel(), minlength=len(drawn) * kinds).reshape(len(drawn), kinds)
