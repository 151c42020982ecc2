"""The systems of one data set in pairs, as tables: the numbers of ``nlptasks compare``, for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.power import detectable_of, limits
from nlptasks.statistics.tests import MCNEMAR, ROUNDS, Paired, holm, paired_all, resampled_means

Array = NDArray[np.float64]

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


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """All pairs of some systems; the first index is the system that the difference favours where it is above 0.

    Args:
        delta: Difference of the scores, turned so that above 0 is better, ``[systems, systems]``.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: p-value of the paired test, corrected by Holm over all pairs.
        win: Proportion of the resamples in which the first is the better one, ties counted half.
        test: The test, in words.
        detectable: Smallest difference of the two that would be found with 80 % power after the correction; NaN where
            there is none, or it is not known.
    """

    delta: Array
    low: Array
    high: Array
    p: Array
    win: Array
    test: str
    detectable: Array


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
) -> Pairs:
    """Compare systems in pairs.

    Args:
        metric: The metric.
        entries: The systems, at most :data:`TESTED`.
        drawn: Their scores by resample; see :func:`resampled`.
        clusters: What ties samples together, one a sample: their predictions are swapped together. ``None``: one by
            one.
        higher_is_better: Whether a larger value is the better one.
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
    test = _TESTS.get(found[0].test, _RANDOMISATION)
    return Pairs(delta=delta, low=low, high=high, p=p, win=win, test=test, detectable=smallest)


def _turned(pair: Paired, higher_is_better: bool) -> tuple[float, float, float]:
    """Difference of the first to the second with its interval, above 0 where the first is better."""
    if higher_is_better:
        return -pair.delta, -pair.high, -pair.low
    return pair.delta, pair.low, pair.high
