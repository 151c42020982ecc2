"""Resamples and paired tests of many systems on one data set, from resamples and swaps that all of them share.

``nlptasks compare`` draws for each pair anew. A board has hundreds of pairs, so here one draw of swaps is multiplied
with the matrices of all systems; the tests are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

from nlptasks._board.swaps import randomised
from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ROUNDS, holm, shared_resamples

Array = NDArray[np.float64]

#: Resamples that ranks are made of: half of those of an interval, whose ends must be finer than a rank.
RESAMPLES = 1_000

#: Systems of a data set that are tested in pairs, the best ones. With more, no number of rounds that fits in a few
#: seconds gives a p-value that stands Holm's correction over all pairs.
TESTED = 25

#: Differences below this are none: how a sum was ordered must not decide a rank.
_SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A system as it is ranked.

    Args:
        name: What it is called.
        matrices: Statistics of the primary metric, ``[samples, k]``, one for each of its runs.
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
        win: Share of the resamples in which the first is the better one, ties counted half.
        test: The test, in words.
    """

    delta: Array
    low: Array
    high: Array
    p: Array
    win: Array
    test: str


def resampled(metric: Metric, entries: Sequence[Entry], clusters: Sequence[str] | None = None) -> Array:
    """Score of each system in each resample of the samples, the same resamples for all of them.

    Args:
        metric: The metric.
        entries: The systems; their matrices have as many rows each.
        clusters: What ties samples together, one a sample: they are drawn together. ``None``: drawn one by one.

    Returns:
        ``[systems, RESAMPLES]``; the mean over the runs of a system.
    """
    matrices = [matrix for entry in entries for matrix in entry.matrices]
    drawn = iter(shared_resamples(metric, matrices, clusters=clusters, resamples=RESAMPLES))
    runs = [np.mean([next(drawn) for _ in entry.matrices], axis=0) for entry in entries]
    draws = np.round(np.stack(runs), 10)
    # A resample in which the metric is not defined (one label alone) says nothing of the system.
    middle = np.array([[np.mean(row[np.isfinite(row)]) if np.isfinite(row).any() else 0.0] for row in draws])
    return np.where(np.isfinite(draws), draws, middle)


def pairs(
    metric: Metric,
    entries: Sequence[Entry],
    draws: Array,
    points: Array,
    *,
    clusters: Sequence[str] | None = None,
    higher_is_better: bool = True,
) -> Pairs:
    """Compare systems in pairs.

    Args:
        metric: The metric.
        entries: The systems, at most :data:`TESTED`.
        draws: Their scores by resample; see :func:`resampled`.
        points: Their scores on all samples, ``[systems]``.
        clusters: What ties samples together, one a sample: their answers change sides together. ``None``: one by one.
        higher_is_better: Whether a larger value is the better one.
    """
    sign = 1.0 if higher_is_better else -1.0
    count = len(entries)
    delta = sign * (points[:, None] - points[None, :])
    low, high, win = np.zeros((count, count)), np.zeros((count, count)), np.full((count, count), 0.5)
    for at in range(count):
        differences = sign * (draws[at] - draws)
        low[at], high[at] = np.percentile(differences, [2.5, 97.5], axis=1)
        win[at] = np.mean(differences > _SAME, axis=1) + 0.5 * np.mean(np.abs(differences) <= _SAME, axis=1)
    raw, test = _tested(metric, entries, draws, delta, clusters)
    return Pairs(delta=delta, low=low, high=high, p=_corrected(raw), win=win, test=test)


def _tested(
    metric: Metric, entries: Sequence[Entry], draws: Array, delta: Array, clusters: Sequence[str] | None
) -> tuple[Array, str]:
    """p-value of each pair, and the test in words."""
    if metric.binary and clusters is None and all(len(entry.matrices) == 1 for entry in entries):
        return mcnemar_of_all([entry.matrices[0] for entry in entries]), "McNemar's exact test"
    if hasattr(metric, "weighted"):
        # Nothing of it can be shared between pairs, and a randomisation of each would take minutes.
        return _by_spread(draws, delta), "the spread of the difference over resamples, as normal"
    matrices: list[Array] = [np.mean(entry.matrices, axis=0) for entry in entries]
    return randomised(metric, matrices, clusters), f"approximate randomisation, {ROUNDS:,} rounds"


def mcnemar_of_all(matrices: Sequence[Array]) -> Array:
    """p-value of each pair by McNemar's exact test (1947); see :func:`nlptasks.statistics.intervals.mcnemar`."""
    hits = np.stack([matrix[:, 0] for matrix in matrices])
    only = np.rint(hits @ (1 - hits).T)  # right where the other is wrong
    p: Array = np.minimum(1.0, 2 * binom.cdf(np.minimum(only, only.T), only + only.T, 0.5))
    return p


def _by_spread(draws: Array, delta: Array) -> Array:
    spread = np.array([(row - draws).std(axis=1) for row in draws])
    z = np.divide(np.abs(delta), spread, out=np.zeros_like(spread), where=spread > 0)
    p: Array = 2 * norm.sf(z)
    return p


def _corrected(p: Array) -> Array:
    """p-values of all pairs, corrected for their number; a symmetric matrix in and out."""
    one, two = np.triu_indices(len(p), 1)
    corrected = np.ones_like(p)
    corrected[one, two] = corrected[two, one] = holm(p[one, two].tolist())
    return corrected
