"""Ranks of systems over data sets: three ways to join scores, and how far resampling moves a rank.

A contest is one data set with the scores of its systems on the same resamples. :func:`aggregate` joins contests into
one number a system; :func:`rank_intervals` resamples samples and data sets together and ranks the systems each time. A
system that lacks a data set has no joined number, since an average over what is there would reward leaving hard data
out; its rank is bounded by the best and the worst that it could reach there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ALPHA
from nlptasks.statistics.resampling import RESAMPLES, SEED, Clusters, Matrix, shared_resamples, value
from nlptasks.statistics.tests import holm

#: How scores are joined: mean of (score - floor) / (ceiling - floor); mean proportion of the other systems that are
#: beaten (Borda 1784), ties half; mean probability of beating another system when samples are drawn anew.
How = Literal["normalised", "borda", "win"]

#: Differences below this are none.
_SAME = 1e-9

_Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Contest:
    """The systems of one data set.

    Args:
        name: Name of the data set.
        values: Score of each system by its name.
        draws: Its scores on resamples that all systems share, ``[resamples]`` each.
        higher_is_better: Whether a larger score is the better one.
        floor: Score of the trivial baseline; ``None``: not known, which ``normalised`` cannot do without.
        ceiling: The best score that can be reached; ``None``: the same.
    """

    name: str
    values: Mapping[str, float]
    draws: Mapping[str, _Array]
    higher_is_better: bool = True
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A system's place.

    Args:
        system: Its name.
        value: Its joined score; ``None`` where it lacks a data set.
        rank: Its rank, from 1, systems with equal scores sharing the best; ``None`` where it lacks a data set.
        low: Best rank of the 95 % interval.
        high: Worst rank of it.
        missing: The data sets that it lacks.
    """

    system: str
    value: float | None
    rank: int | None
    low: int
    high: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Bounds:
    """Least and greatest points of each system; they are equal where it has every data set.

    Args:
        low: ``[systems, draws]``.
        high: The same.
    """

    low: _Array
    high: _Array


def contest(
    name: str,
    metric: Metric,
    matrices: Mapping[str, Matrix],
    *,
    clusters: Clusters | None = None,
    higher_is_better: bool = True,
    floor: float | None = None,
    ceiling: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Contest:
    """Make a contest from the systems' statistics.

    Args:
        name: Name of the data set.
        metric: The metric.
        matrices: Statistics of each system, ``[samples, k]``, row for row of the same samples.
        clusters: What each sample belongs to; ``None``: to nothing.
        higher_is_better: As for :class:`Contest`.
        floor: As there.
        ceiling: As there.
        resamples: How many resamples are drawn.
        seed: Seeds them.

    Raises:
        ValueError: There is no system, or their samples differ.
    """
    systems = sorted(matrices)
    drawn = shared_resamples(
        metric, [matrices[system] for system in systems], clusters=clusters, resamples=resamples, seed=seed
    )
    return Contest(
        name=name,
        values={system: value(metric, matrices[system]) for system in systems},
        draws=dict(zip(systems, drawn, strict=True)),
        higher_is_better=higher_is_better,
        floor=floor,
        ceiling=ceiling,
    )


def aggregate(contests: Sequence[Contest], *, how: How = "normalised") -> dict[str, float | None]:
    """Join the scores of data sets that weigh the same.

    Args:
        contests: The data sets, one or more.
        how: In which way; see :data:`How`.

    Returns:
        The joined score of each system, a larger one being better, from the best to the worst; ``None``, at the end,
        for systems that lack a data set.

    Raises:
        ValueError: There is no data set, or one lacks the floor or ceiling that ``normalised`` needs.
    """
    systems = _systems(contests)
    points = [_points_of(item, systems, how) for item in contests]
    low, high = (np.mean([getattr(one, end)[:, 0] for one in points], axis=0) for end in ("low", "high"))
    missing = _missing(contests, systems)
    found = {system: None if missing[system] else float(low[at]) for at, system in enumerate(systems)}
    best = {system: float(high[at]) for at, system in enumerate(systems)}
    order = sorted(systems, key=lambda system: (found[system] is None, -(best[system]), system))
    return {system: found[system] for system in order}


def rank_intervals(
    contests: Sequence[Contest], *, how: How = "normalised", over_datasets: bool = True, seed: int = SEED
) -> tuple[Ranked, ...]:
    """95 % interval of each system's rank, when samples (and data sets) are drawn anew.

    Args:
        contests: The data sets; all with as many resamples.
        how: In which way they are joined. In a single resample one system beats another or does not, so ``borda`` and
            ``win`` have the same intervals.
        over_datasets: Whether data sets are drawn too: the interval then says how the systems rank on data sets of this
            kind, and else on these.
        seed: Seeds the draws of data sets.

    Returns:
        The systems, the best first; those that lack a data set behind the others.

    Raises:
        ValueError: As for :func:`aggregate`, or the resamples differ in their number.
    """
    systems = _systems(contests)
    joined = aggregate(contests, how=how)
    bounds = _joined(contests, systems, how, over_datasets, seed)
    intervals = _intervals(bounds)
    values = [item for item in joined.values() if item is not None]
    missing = _missing(contests, systems)
    at = {system: row for row, system in enumerate(systems)}
    return tuple(
        Ranked(
            system=system,
            value=joined[system],
            rank=None if (own := joined[system]) is None else 1 + sum(other > own + _SAME for other in values),
            low=intervals[at[system]][0],
            high=intervals[at[system]][1],
            missing=missing[system],
        )
        for system in joined
    )


def apart(
    contests: Sequence[Contest],
    order: Sequence[str],
    *,
    how: How = "normalised",
    over_datasets: bool = True,
    seed: int = SEED,
) -> NDArray[np.bool_]:
    """Which systems can be told apart: p below 0.05 after Holm's correction over all pairs.

    The p of a pair is that of its difference over the standard deviation of the difference in the resamples, by the
    normal distribution. A system that lacks a data set cannot be told from any other.

    Args:
        contests: As for :func:`rank_intervals`.
        order: The systems, in the order of the result's rows and columns.
        how: As there.
        over_datasets: As there.
        seed: As there.

    Returns:
        ``[systems, systems]``, symmetric.
    """
    systems = _systems(contests)
    bounds = _joined(contests, systems, "borda" if how == "win" else how, over_datasets, seed)
    joined, rows = aggregate(contests, how=how), {system: row for row, system in enumerate(systems)}
    pairs = [(one, two) for one in range(len(order)) for two in range(one + 1, len(order))]
    ps = []
    for one, two in pairs:
        first, second = joined[order[one]], joined[order[two]]
        spread = float(np.std(bounds.low[rows[order[one]]] - bounds.low[rows[order[two]]]))
        known = first is not None and second is not None
        ps.append(_p(abs((first or 0.0) - (second or 0.0)), spread) if known else 1.0)
    found = np.zeros((len(order), len(order)), dtype=bool)
    for (one, two), p in zip(pairs, holm(ps), strict=True):
        found[one, two] = found[two, one] = p < ALPHA
    return found


def tie_lines(apart: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Lines beside a ranking that join systems which cannot be told apart.

    Args:
        apart: Which can be, in the order of the ranking; see :func:`apart`.

    Returns:
        First and last position of each line, from 0: the longest runs without a pair that can be told apart.
    """
    lines: list[tuple[int, int]] = []
    for first in range(len(apart)):
        last = first
        while last + 1 < len(apart) and not apart[first : last + 1, last + 1].any():
            last += 1
        if last > first and (not lines or last > lines[-1][1]):
            lines.append((first, last))
    return lines


def _p(difference: float, spread: float) -> float:
    if difference <= _SAME:
        return 1.0
    return float(2 * ndtr(-difference / spread)) if spread > 0 else 0.0


def _systems(contests: Sequence[Contest]) -> list[str]:
    if not contests:
        raise ValueError("a ranking needs one data set or more")
    return sorted({system for item in contests for system in item.values})


def _missing(contests: Sequence[Contest], systems: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {system: tuple(item.name for item in contests if system not in item.values) for system in systems}


def _points_of(item: Contest, systems: Sequence[str], how: How) -> _Bounds:
    """Points on the data as they are, ``[systems, 1]``."""
    if how == "win":
        drawn = _beaten(_turned(item, systems, item.draws))
        return _Bounds(drawn.low.mean(axis=1, keepdims=True), drawn.high.mean(axis=1, keepdims=True))
    return _points(item, systems, how, {system: np.array([score]) for system, score in item.values.items()})


def _points(item: Contest, systems: Sequence[str], how: How, scores: Mapping[str, _Array]) -> _Bounds:
    """Points of each system, ``[systems, draws]``; between bounds where it lacks the data set."""
    if how != "normalised":
        return _beaten(_turned(item, systems, scores))
    if item.floor is None or item.ceiling is None or math.isclose(item.floor, item.ceiling):
        raise ValueError(f"{item.name}: a normalised mean needs a floor and a ceiling that differ")
    table = np.stack([scores[system] if system in scores else _nothing(scores) for system in systems])
    table = (table - item.floor) / (item.ceiling - item.floor)
    there = np.isfinite(table)
    worst = np.minimum(0.0, np.min(np.where(there, table, 0.0), axis=0))
    best = np.maximum(1.0, np.max(np.where(there, table, 1.0), axis=0))
    return _Bounds(np.where(there, table, worst), np.where(there, table, best))


def _turned(item: Contest, systems: Sequence[str], scores: Mapping[str, _Array]) -> _Array:
    """Scores so that larger ones are better, ``[systems, draws]``; NaN for systems that lack the data set."""
    sign = 1.0 if item.higher_is_better else -1.0
    return np.stack([sign * scores[system] if system in scores else _nothing(scores) for system in systems])


def _nothing(scores: Mapping[str, _Array]) -> _Array:
    return np.full_like(next(iter(scores.values())), math.nan)


def _beaten(table: _Array) -> _Bounds:
    """Share of the other systems that each beats, ties half, ``[systems, draws]``; a pair without a score is open."""
    others = max(1, len(table) - 1)
    there = np.isfinite(table)
    low, high = np.zeros_like(table), np.zeros_like(table)
    for at, own in enumerate(table):
        known = there & there[at]
        gap = np.where(known, own - np.where(known, table, 0.0), 0.0)
        points = np.where(gap > _SAME, 1.0, np.where(gap < -_SAME, 0.0, 0.5))
        points[at], known[at] = 0.0, True
        low[at] = np.where(known, points, 0.0).sum(axis=0) / others
        high[at] = np.where(known, points, 1.0).sum(axis=0) / others
    return _Bounds(low, high)


def _joined(contests: Sequence[Contest], systems: Sequence[str], how: How, over_datasets: bool, seed: int) -> _Bounds:
    """Joined points in each resample, ``[systems, resamples]``."""
    lengths = {len(draws) for item in contests for draws in item.draws.values()}
    if len(lengths) != 1:
        raise ValueError(f"all data sets need as many resamples; got {sorted(lengths)}")
    count, resamples = len(contests), lengths.pop()
    weights = np.full((resamples, count), 1 / count)
    if over_datasets:
        weights = np.random.default_rng(seed).multinomial(count, weights[0], size=resamples) / count
    low, high = np.zeros((len(systems), resamples)), np.zeros((len(systems), resamples))
    for at, item in enumerate(contests):
        points = _points(item, systems, how, item.draws)
        low += weights[:, at] * points.low
        high += weights[:, at] * points.high
    return _Bounds(low, high)


def _intervals(bounds: _Bounds) -> list[tuple[int, int]]:
    """Rank intervals; a system's best rank is with its own greatest points and the others' least."""
    found = []
    for at in range(len(bounds.low)):
        above = bounds.low > bounds.high[at] + _SAME
        level = bounds.high >= bounds.low[at] - _SAME
        above[at], level[at] = False, True
        low = np.percentile(1 + above.sum(axis=0), 100 * ALPHA / 2, method="lower")
        high = np.percentile(level.sum(axis=0), 100 * (1 - ALPHA / 2), method="higher")
        found.append((int(low), int(high)))
    return found


__all__ = ["Contest", "How", "Ranked", "aggregate", "apart", "contest", "rank_intervals", "tie_lines"]
