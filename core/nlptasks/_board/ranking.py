"""The systems of one data set in pairs, as tables: the numbers of ``nlptasks compare``, for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nlptasks._board.text import one_visible_line, rounded
from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ALPHA
from nlptasks.statistics.power import detectable_of, limits
from nlptasks.statistics.tests import MCNEMAR, ROUNDS, Paired, holm, paired_all, resampled_means

Array = NDArray[np.float64]

#: A matrix as a board keeps it.
Cells = tuple[tuple[float | None, ...], ...]

#: Systems of a data set that are tested in pairs, the best ones. With more, no number of rounds that fits in a few
#: seconds gives a p-value that stands Holm's correction over all pairs.
TESTED = 25

#: What a board calls the tests.
_TESTS = {MCNEMAR: "McNemar's exact test"}
_RANDOMISATION = f"approximate randomisation, {ROUNDS:,} rounds"


@dataclass(frozen=True, kw_only=True)
class RankedSystem:
    """A system as it is ranked.

    Args:
        name: What it is called.
        matrices: Statistics of the primary metric, ``[samples, k]``, one for each of its runs; rows in the order of the
            samples' ids.
    """

    name: str
    matrices: tuple[Array, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PairTable:
    """The comparison of systems in pairs, ``[systems, systems]``; ``None`` where a number is not known.

    Args:
        systems: The systems, best first.
        delta: Difference of the scores; above 0: the row's system is better.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: p-value of the paired test, corrected by Holm over all pairs.
        win: Proportion of the resamples in which the row's system is better, ties counted half.
        test: The test, in words.
        others: Systems that were not tested.
        detectable: Smallest difference of the two that would be found with 80 % power after the correction.
    """

    systems: tuple[str, ...]
    delta: Cells
    low: Cells
    high: Cells
    p: Cells
    win: Cells
    test: str
    others: int = 0
    detectable: Cells = ()


def resampled(metric: Metric, entries: Sequence[RankedSystem], clusters: Sequence[str] | None = None) -> Array:
    """Score of each system in each resample of the samples, the same resamples for all of them.

    Args:
        metric: The metric.
        entries: The systems; their matrices have as many rows each.
        clusters: What ties samples together, one a sample: they are resampled together. ``None``: one by one.

    Returns:
        ``[systems, resamples]``; the mean over the runs of a system.
    """
    return resampled_means(metric, [entry.matrices for entry in entries], clusters=clusters)


def rankable(drawn: Array) -> Array:
    """Scores by resample as ranks are made of them.

    Rounded, since how a sum was ordered must not decide a rank; a resample in which the metric is not defined (one
    label alone) says nothing of a system, so the system's mean stands for it.
    """
    rounded = np.round(drawn, 10)
    if np.isfinite(rounded).all():
        return rounded
    middle = np.array([[np.mean(row[np.isfinite(row)]) if np.isfinite(row).any() else 0.0] for row in rounded])
    return np.where(np.isfinite(rounded), rounded, middle)


def pairs(
    metric: Metric,
    entries: Sequence[RankedSystem],
    drawn: Array,
    *,
    clusters: Sequence[str] | None = None,
    higher_is_better: bool = True,
    others: int = 0,
) -> tuple[PairTable, NDArray[np.bool_]]:
    """Compare systems in pairs.

    Args:
        metric: The metric.
        entries: The systems, the best first, at most :data:`TESTED`.
        drawn: Their scores by resample; see :func:`resampled`.
        clusters: What ties samples together, one a sample: their predictions are swapped together. ``None``: one by
            one.
        higher_is_better: Whether a larger value is the better one.
        others: Systems that are not among them.

    Returns:
        The comparison, and which pairs can be told apart, ``[systems, systems]``.
    """
    found = paired_all(
        metric,
        [entry.matrices for entry in entries],
        drawn=drawn,
        clusters=clusters,
        higher_is_better=higher_is_better,
    )
    ps = [pair.p for pair in found]
    corrected, allowed = holm(ps), limits(ps)
    count = len(entries)
    smallest = np.full((count, count), np.nan)
    delta, low, high = np.zeros((3, count, count))
    p, win = np.ones((count, count)), np.full((count, count), 0.5)
    places = combinations(range(count), 2)
    for (one, two), pair, p_value, limit in zip(places, found, corrected, allowed, strict=True):
        smallest[one, two] = smallest[two, one] = detectable_of(pair, alpha=limit)
        delta[one, two], low[one, two], high[one, two] = _turned(pair, higher_is_better)
        delta[two, one], low[two, one], high[two, one] = -delta[one, two], -high[one, two], -low[one, two]
        p[one, two] = p[two, one] = p_value
        win[one, two], win[two, one] = 1 - pair.superiority, pair.superiority
    table = PairTable(
        systems=tuple(one_visible_line(entry.name) for entry in entries),
        delta=_cells(delta),
        low=_cells(low),
        high=_cells(high),
        p=_cells(p),
        win=_cells(win),
        test=_TESTS.get(found[0].test, _RANDOMISATION),
        others=others,
        detectable=_cells(smallest),
    )
    return table, p < ALPHA


def _cells(matrix: Array) -> Cells:
    return tuple(tuple(rounded(value) for value in row) for row in matrix.tolist())


def _turned(pair: Paired, higher_is_better: bool) -> tuple[float, float, float]:
    """Difference of the first to the second with its interval, above 0 where the first is better."""
    if higher_is_better:
        return -pair.delta, -pair.high, -pair.low
    return pair.delta, pair.low, pair.high
