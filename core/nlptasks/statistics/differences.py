"""Intervals of the difference of two systems on the same samples, and the t test that goes with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ALPHA, CLUSTERS, Interval, corrected, enough_of_each, hall
from nlptasks.statistics.jackknife import pseudo_values, tailed_df
from nlptasks.statistics.resampling import Clusters, Matrix, owners

_Array = NDArray[np.float64]

#: Differences of this proportion of the largest value are rounding.
_ROUNDING = 1e-10


@dataclass(frozen=True)
class Difference:
    """How sure the difference of a pair is.

    Args:
        interval: Its interval with its standard error.
        p: p of the t test; NaN where there is none.
        units: Samples or clusters.
        df: Degrees of freedom of the error.
        apart: Samples that only the first has right, and that only the second has, of a proportion of samples.
    """

    interval: Interval
    p: float = math.nan
    units: int = 0
    df: float = math.inf
    apart: tuple[int, int] = (0, 0)


def discordant_interval(a: Matrix, b: Matrix) -> Difference:
    """95 % interval of the difference of two proportions on the same samples (Bonett and Price 2012).

    Args:
        a: Statistics ``[hit, 1]`` of the first system.
        b: Those of the second.
    """
    n = round(float(a[:, 1].sum()))
    only_a, only_b = int(np.sum(a[:, 0] > b[:, 0])), int(np.sum(b[:, 0] > a[:, 0]))
    if not n:
        return Difference(_none("undefined"))
    lost, won = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    error = math.sqrt((lost + won - (won - lost) ** 2) / (n + 2))
    half = float(ndtri(1 - ALPHA / 2)) * error
    low, high = max(-1.0, won - lost - half), min(1.0, won - lost + half)
    return Difference(Interval(low, high, "ci:bonett-price", error), units=n, apart=(only_a, only_b))


def _none(why: str, more: str = "", error: float = math.nan) -> Interval:
    return Interval(math.nan, math.nan, f"ci:none|why:{why}{more}", error)


@dataclass(frozen=True)
class Shared:
    """Systems on the samples that they share.

    Args:
        pseudo: What each unit adds to each system's value, ``[systems, units]``.
        units: Samples or clusters that there are; units may be groups of them.
        clustered: Whether they are clusters.
        why: Why no difference has an interval; empty: it has one.
    """

    pseudo: _Array = field(repr=False)
    units: int
    clustered: bool
    why: str

    @classmethod
    def of(cls, metric: Metric, systems: Sequence[Sequence[Matrix]], clusters: Clusters | None) -> Shared:
        """Systems with one run or several, whose value is the mean of those of the runs."""
        flat = [run for runs in systems for run in runs]
        _, pseudo = pseudo_values(metric, flat, clusters=clusters)
        parts = np.split(pseudo, np.cumsum([len(runs) for runs in systems])[:-1])
        _, count = owners(clusters, len(flat[0]))
        why = ""
        if getattr(metric, "smooth", None) is False:
            why = "biased"
        elif not all(enough_of_each(metric, run, None, clusters) for run in flat):
            why = "few-of-a-label"
        return cls(np.stack([part.mean(axis=0) for part in parts]), count, clusters is not None, why)

    def difference(self, one: int, two: int) -> Difference:
        """The second system less the first."""
        added = self.pseudo[two] - self.pseudo[one]
        count = len(added)
        more = "|cluster:yes" if self.clustered else ""
        if count < (CLUSTERS if self.clustered else 2) or not np.isfinite(added).all():
            why = "few-clusters" if self.clustered else "fragile" if count > 1 else "one-sample"
            return Difference(_none(why, more), units=self.units)
        mean, deviation = float(added.mean()), float(added.std(ddof=1))
        scale = max(1.0, float(np.abs(self.pseudo[[one, two]]).max()))
        error, df = deviation / math.sqrt(count), float(count - 1)
        unseen = self._unseen(one, two, added, mean, scale)
        if deviation <= _ROUNDING * scale:
            equal = abs(mean) <= _ROUNDING * scale
            p = math.nan if equal else unseen
            return Difference(_none("no-spread", more), p, self.units, df)
        skew = float(np.mean((added - mean) ** 3)) / deviation**3 / math.sqrt(count)
        p = max(unseen, 2 * float(stdtr(df, -abs(corrected(mean / error, skew)))))
        if self.why:
            return Difference(_none(self.why, more, error), p, self.units, df)
        low, high = hall(mean, error, skew, tailed_df(df, added))
        return Difference(Interval(low, high, f"ci:hall-t|se:jackknife{more}", error), p, self.units, df)

    def _unseen(self, one: int, two: int, added: _Array, mean: float, scale: float) -> float:
        """Least p where all differences point to one side, else 0.

        A proportion ``q`` of samples that differ the other way by as much as single samples' values do would balance
        what was found, and ``(1 - q) ** n`` is how probable it is that none of them is among ``n``.
        """
        aside = bool(np.all(added >= -_ROUNDING * scale) or np.all(added <= _ROUNDING * scale))
        if self.clustered or not aside or len(added) < self.units:
            return 0.0
        wide = float(np.ptp(self.pseudo[[one, two]]))
        needed = abs(mean) / (abs(mean) + wide) if wide else 1.0
        return min(1.0, 2 * (1 - needed) ** self.units)
