"""What each sample, or cluster, does to a score: the score without it (Quenouille 1956, Tukey 1958).

From it follow the standard error of any metric and how skewed its sampling is, with one call of the metric for each
different row, and the same numbers every time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.resampling import (
    SEED,
    Clusters,
    Counts,
    Matrix,
    Units,
    cluster_sums,
    owners,
    units_of,
    values,
)

__all__ = ["GROUPS", "Jackknife", "group_sizes", "jackknife", "leave_out", "pseudo_values", "tailed_df"]

#: Above so many different rows they are left out in so many groups of equal size, put together at random.
GROUPS = 1_000


@dataclass(frozen=True, kw_only=True)
class Jackknife:
    """A score, and how far other samples of the same kind would move it.

    Args:
        value: The score.
        error: Its standard error; 0 where leaving out a unit changes nothing, NaN where it is not known.
        skew: Skewness of what the units add, over the root of their number; 0 where there is no error.
        units: How many samples or clusters there are.
        df: Degrees of freedom of the error.
        tails: Excess kurtosis of what the units add; 0 where they have no longer tails than a normal distribution.
        grouped: Whether units were left out in groups.
    """

    value: float
    error: float
    skew: float
    units: int
    df: float
    tails: float = 0.0
    grouped: bool = False

    @property
    def tailed_df(self) -> float:
        """Degrees of freedom where tails are long: the variance is known less well then (Box 1953)."""
        return _fewer_df(self.df, self.tails, self.df + 1) if self.df > 0 else self.df


def jackknife(
    metric: Metric,
    matrix: Matrix,
    *,
    counts: Counts | None = None,
    clusters: Clusters | None = None,
    n: int | None = None,
) -> Jackknife:
    """Leave out each sample, or each cluster.

    Args:
        metric: The metric.
        matrix: Its statistics, ``[samples, k]``.
        counts: How often each row occurs, ``[samples]``; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Samples that the metric reads, where the matrix has rows of zeros for others; ``None``: all.
    """
    units = units_of(metric, matrix, counts, clusters, n)
    total, grouped = int(units.counts.sum()), len(units.counts) > GROUPS
    if grouped:
        units = _grouped(metric, units)
    found, without = leave_out(metric, units)
    there, times = units.counts > 0, units.counts[units.counts > 0].astype(np.float64)
    count = int(times.sum())
    if count < 2 or not math.isfinite(found) or not np.isfinite(without[there]).all():
        return Jackknife(value=found, error=math.nan, skew=0.0, units=total, df=max(0.0, count - 1), grouped=grouped)
    pseudo = (count - 1) * (found - without[there])
    away = pseudo - times @ pseudo / count
    variance = float(times @ away**2) / (count - 1)
    if variance <= (1e-12 * max(1.0, abs(found))) ** 2:
        return Jackknife(value=found, error=0.0, skew=0.0, units=total, df=count - 1, grouped=grouped)
    skewness = float(times @ away**3) / count / variance**1.5
    df = float(count - 1)
    if clusters is not None and not grouped:
        read = np.asarray(matrix.any(axis=1) if counts is None else counts, dtype=np.float64)
        df = uneven_df(owners(clusters, len(matrix))[0], read)
    if clusters is None and not grouped and hasattr(metric, "groups"):
        df = _satterthwaite(metric.groups(units.rows)[there], times, pseudo, df)
    return Jackknife(
        value=found,
        error=math.sqrt(variance / count),
        skew=skewness / math.sqrt(count),
        units=total,
        df=df,
        tails=max(0.0, float(times @ away**4) / count / variance**2 - 3),
        grouped=grouped,
    )


def tailed_df(df: float, added: NDArray[np.float64]) -> float:
    """Degrees of freedom of the variance of what units add, fewer where its tails are long (Box 1953)."""
    away = added - added.mean()
    tails = max(0.0, float(np.mean(away**4) / np.mean(away**2) ** 2) - 3)
    return _fewer_df(df, tails, len(added))


def _fewer_df(df: float, tails: float, units: float) -> float:
    return 2 / (2 / df + tails / units)


def leave_out(metric: Metric, units: Units) -> tuple[float, NDArray[np.float64]]:
    """The value of a metric, and its value without one unit of each kind.

    Args:
        metric: The metric.
        units: What is left out.

    Returns:
        The value, and ``[kinds]``; what is not defined is NaN.
    """
    kinds = len(units.counts)
    weight = units.counts.astype(np.float64)
    by_row = weight if units.owner is None else weight[units.owner]
    by_row = by_row if units.times is None else by_row * units.times
    if not hasattr(metric, "weighted"):
        total = by_row @ units.rows
        found = metric.score(np.vstack([total, total - units.rows]))
        return float(found[0]), found[1:]
    owner = np.arange(kinds) if units.owner is None else units.owner
    times = np.ones(len(units.rows)) if units.times is None else units.times.astype(np.float64)
    size = max(1, 4_000_000 // max(1, len(units.rows)))
    parts = []
    for first in range(0, kinds, size):
        left = np.arange(first, min(kinds, first + size))
        parts.append(values(metric, by_row - (owner == left[:, None]) * times, units.rows))
    return float(values(metric, by_row, units.rows)), np.concatenate(parts) if parts else np.zeros(0)


def pseudo_values(
    metric: Metric, matrices: Sequence[Matrix], *, clusters: Clusters | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each unit of samples that systems share adds to the value of each of them, so that units can be compared.

    Args:
        metric: The metric.
        matrices: Statistics of each system, ``[samples, k]``, row for row of the same samples. Samples that the metric
            reads of no system are left out.
        clusters: What each sample belongs to; ``None``: to nothing.

    Returns:
        The values, ``[systems]``, and the pseudo-values, ``[systems, units]``, whose mean is nearly the value.
    """
    read = np.any([matrix.any(axis=1) for matrix in matrices], axis=0)
    owner, count = owners(None if clusters is None else list(compress(clusters, read)), int(read.sum()))
    if count > GROUPS:
        owner, count = (np.random.default_rng(SEED).permutation(count) % GROUPS)[owner], GROUPS
    found, without = [], []
    for matrix in matrices:
        rows, one_each = matrix[read], np.ones(count, dtype=np.int64)
        whole = not hasattr(metric, "weighted")
        units = Units(cluster_sums(rows, owner, count), one_each) if whole else Units(rows, one_each, owner)
        value, left = leave_out(metric, units)
        found.append(value)
        without.append(left)
    values_ = np.array(found)
    return values_, (count - 1) * (values_[:, None] - np.array(without)) + values_[:, None]


def group_sizes(metric: Metric, matrix: Matrix, counts: Counts | None = None) -> NDArray[np.float64] | None:
    """How many samples there are of each group that a metric averages over; ``None``: it names none."""
    groups = getattr(metric, "groups", None)
    if groups is None:
        return None
    members: NDArray[np.float64] = groups(matrix)
    found: NDArray[np.float64] = members.sum(axis=0) if counts is None else counts @ members
    return found


def uneven_df(owner: NDArray[np.int64], read: NDArray[np.float64]) -> float:
    """Degrees of freedom of clusters of different sizes: a few large ones are as good as few clusters.

    Args:
        owner: Cluster of each sample.
        read: How often each sample counts.
    """
    sizes = np.bincount(owner, weights=read)
    return max(1.0, float(sizes.sum() ** 2 / (sizes**2).sum()) - 1)


def _grouped(metric: Metric, units: Units) -> Units:
    """Units put together at random, in an order of their own, so that a group stands for a unit."""
    kinds = len(units.counts)
    group = np.random.default_rng(SEED).permutation(kinds) % GROUPS
    one_each = np.ones(GROUPS, dtype=np.int64)
    owner = group if units.owner is None else group[units.owner]
    inside = units.counts if units.owner is None else units.counts[units.owner]
    times = inside if units.times is None else inside * units.times
    if hasattr(metric, "weighted"):
        return Units(units.rows, one_each, owner, times)
    sums = np.zeros((GROUPS, units.rows.shape[1]))
    np.add.at(sums, owner, units.rows * times[:, None])
    return Units(sums, one_each)


def _satterthwaite(
    members: NDArray[np.float64], times: NDArray[np.float64], pseudo: NDArray[np.float64], most: float
) -> float:
    """Degrees of freedom where groups of different sizes add to the variance (Satterthwaite 1946)."""
    sizes = times @ members
    found = []
    for group in np.flatnonzero(sizes > 2):
        own = times * members[:, group]
        mean = own @ pseudo / sizes[group]
        found.append((float(own @ (pseudo - mean) ** 2), sizes[group] - 2))  # one less: recalls are skewed
    below = sum(part**2 / df for part, df in found)
    return min(most, sum(part for part, _ in found) ** 2 / below) if below > 0 else most
