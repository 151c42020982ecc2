"""95 % intervals of scores, for any metric's matrix of statistics; or none, and the reason.

A proportion of samples has Wilson's. Any other score has a standard error from the jackknife, and from that

- where its range has two ends, Wilson's interval of a proportion that has this standard error, with Student's t in
  place of the normal distribution: it stays in the range, and a perfect score has a lower end below it;
- else Hall's interval, a t interval that is corrected for skewness.

Where neither holds the true value in 95 % of cases, there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.jackknife import GROUPS, Jackknife, group_sizes, jackknife
from nlptasks.statistics.resampling import SEED, Clusters, Counts, Matrix, units_of, values

__all__ = [
    "ALPHA",
    "CLUSTERS",
    "LEAST",
    "REASONS",
    "UNBOUNDED",
    "Interval",
    "Spread",
    "corrected",
    "ends",
    "enough_of_each",
    "hall",
    "holding",
    "interval",
    "proportion_error",
    "reason",
    "spread",
    "standard_error",
    "wilson",
]

#: The chance of finding a difference where there is none.
ALPHA = 0.05

#: Samples that each group of a metric needs (each label, of one that averages over labels); and where they come in
#: clusters.
LEAST, LEAST_CLUSTERED = 10, 25

#: Clusters that an interval needs.
CLUSTERS = 3

#: So many samples without a label say that it is none of the data's.
_MANY = 300

#: The range of a metric of which none is known.
UNBOUNDED = (-math.inf, math.inf)

#: Why there is no interval, by the word in the signature.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "undefined": "the value is not defined",
        "one-sample": "one sample tells nothing of others",
        "few-clusters": f"the samples are of fewer than {CLUSTERS} clusters, which tell next to nothing of others",
        "few-of-a-label": f"some label has fewer than {LEAST} samples ({LEAST_CLUSTERED} where they come in clusters)",
        "fragile": "the value is not defined without some of the samples",
        "no-spread": "all samples say the same",
        "biased": "the metric is biased: on fewer samples its values lie to one side, as those of a lowest value or of "
        "distances do",
    }
)

#: Resamples of a quarter of the samples that show whether a metric is biased, and how many standard errors that is.
_QUARTERS, _BIASED = 400, 0.35


@dataclass(frozen=True)
class Interval:
    """A 95 % interval.

    Args:
        low: Lower end; NaN where there is none.
        high: Upper end.
        method: How it was made, as a part of a signature; or why there is none (see :func:`reason`).
        error: Standard error of the value; NaN where it is not known.
    """

    low: float
    high: float
    method: str
    error: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Several runs of one system that differ in their seed. The two deviations answer two questions.

    Args:
        runs: How many.
        mean: Mean of their values.
        between: Standard deviation of the values: how far another seed may lie. NaN for one run.
        within: Root of the mean square of the standard errors that the samples leave: how far other samples of the same
            kind may move a value. NaN where they were not given.
    """

    runs: int
    mean: float
    between: float
    within: float


def interval(
    metric: Metric,
    matrix: Matrix,
    *,
    counts: Counts | None = None,
    clusters: Clusters | None = None,
    n: int | None = None,
    scale: tuple[float, float] = UNBOUNDED,
    cluster: str = "yes",
) -> Interval:
    """95 % interval of a metric's value.

    Samples of one cluster (questions on one article) are right or wrong together, so where samples come in such, the
    clusters are what is counted, and degrees of freedom are theirs: four clusters have a wide interval.

    Args:
        metric: The metric.
        matrix: Its statistics, ``[samples, k]``.
        counts: How often each row occurs, ``[samples]``; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Samples that the metric reads, where the matrix has rows of zeros for others; ``None``: all.
        scale: Lowest and highest value of the metric.
        cluster: What the signature calls the clusters.

    Returns:
        The interval; its ends are NaN where there is none, and its method says why.
    """
    more = "" if clusters is None else f"|cluster:{cluster}"
    if metric.binary and clusters is None:
        hits, total = (float(part) for part in (matrix.sum(axis=0) if counts is None else counts @ matrix)[:2])
        return Interval(*wilson(round(hits), round(total)), "ci:wilson", proportion_error(hits, total))
    found = jackknife(metric, matrix, counts=counts, clusters=clusters, n=n)
    why = _refused(metric, matrix, found, counts, clusters, n, scale)
    error = _error(found, scale)
    if why:
        return Interval(math.nan, math.nan, f"ci:none|why:{why}{more}", error)
    made = f"se:jackknife{f'|groups:{GROUPS}|seed:{SEED}' if found.grouped else ''}{more}"
    if _bounded(scale):
        return Interval(*_wilson_t(found, scale), f"ci:wilson-t|{made}", error)
    low, high = hall(found.value, found.error, found.skew, found.tailed_df)
    return Interval(max(low, scale[0]), min(high, scale[1]), f"ci:hall-t|{made}", error)


def reason(signature: str) -> str:
    """Why a score has no interval, in words, from its signature; empty: it has one, or its method is not told."""
    word = signature.partition("|why:")[2].partition("|")[0]
    return REASONS.get(word, word)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927); NaN twice where there is no sample."""
    if not n:
        return math.nan, math.nan
    low, high = _wilson(hits / n, n, float(ndtri(1 - ALPHA / 2)))
    return (low if hits else 0.0), (high if hits < n else 1.0)


def hall(value: float, error: float, skew: float, df: float) -> tuple[float, float]:
    """95 % t interval that is corrected for skewness (Hall 1992, doi 10.1111/j.2517-6161.1992.tb01876.x).

    Args:
        value: The estimate.
        error: Its standard error.
        skew: Skewness of what it is a mean of, over the root of their number.
        df: Degrees of freedom.
    """
    limit = float(stdtrit(df, 1 - ALPHA / 2))
    return value - error * _uncorrected(limit, skew), value - error * _uncorrected(-limit, skew)


def corrected(statistic: float, skew: float) -> float:
    """A t statistic corrected for skewness, which has about Student's distribution; see :func:`hall`."""
    if abs(skew) < 1e-9:
        return statistic
    return ((1 + skew * statistic / 3) ** 3 - 1) / skew + skew / 6


def _uncorrected(limit: float, skew: float) -> float:
    """The statistic that is ``limit`` when it is corrected."""
    if abs(skew) < 1e-9:
        return limit
    return float(3 / skew * (np.cbrt(1 + skew * (limit - skew / 6)) - 1))


def holding(low: float, high: float, value: float) -> tuple[float, float]:
    """The ends of an interval that holds the value, which rounding may leave just outside where all samples agree."""
    return (min(low, value) if math.isfinite(low) else math.nan), (
        max(high, value) if math.isfinite(high) else math.nan
    )


def proportion_error(hits: float, n: float) -> float:
    """Standard error of a proportion as (hits + 2) / (n + 4): a perfect score has one too (Agresti and Coull 1998)."""
    proportion = (hits + 2) / (n + 4)
    return math.sqrt(proportion * (1 - proportion) / (n + 4))


def ends(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile; resamples without a value (one label alone, say) do not count."""
    defined = drawn[np.isfinite(drawn)]
    if not len(defined):
        return math.nan, math.nan
    low, high = np.percentile(defined, [100 * ALPHA / 2, 100 * (1 - ALPHA / 2)])
    return float(low), float(high)


def standard_error(drawn: NDArray[np.float64]) -> float:
    """Standard deviation of values over resamples: the standard error that the samples leave."""
    defined = drawn[np.isfinite(drawn)]
    return float(defined.std(ddof=1)) if len(defined) > 1 else math.nan


def spread(runs: Sequence[float], errors: Sequence[float] = ()) -> Spread:
    """What several seeds of one system tell; the two deviations are never mixed, and never divided by resamples.

    Args:
        runs: Value of each run, one or more.
        errors: Standard error of each (:attr:`Interval.error`), where known.

    Raises:
        ValueError: There is no run.
    """
    if not runs:
        raise ValueError("a spread needs one run or more")
    between = float(np.std(runs, ddof=1)) if len(runs) > 1 else math.nan
    within = float(np.sqrt(np.mean(np.square(errors)))) if errors else math.nan
    return Spread(runs=len(runs), mean=float(np.mean(runs)), between=between, within=within)


def _refused(
    metric: Metric,
    matrix: Matrix,
    found: Jackknife,
    counts: Counts | None,
    clusters: Clusters | None,
    n: int | None,
    scale: tuple[float, float],
) -> str:
    """The word for why there is no interval; empty: there is one."""
    if not math.isfinite(found.value):
        return "undefined"
    if found.units < (2 if clusters is None else CLUSTERS):
        return "one-sample" if clusters is None else "few-clusters"
    smooth: bool | None = getattr(metric, "smooth", None)
    if smooth is False:
        return "biased"
    if not enough_of_each(metric, matrix, counts, clusters):
        return "few-of-a-label"
    if math.isnan(found.error):
        return "fragile"
    if not found.error:
        return "" if _bounded(scale) and found.value in scale else "no-spread"
    if smooth is None and _biased(metric, found, matrix, counts, clusters, n):
        return "biased"
    return ""


def enough_of_each(metric: Metric, matrix: Matrix, counts: Counts | None, clusters: Clusters | None) -> bool:
    """Whether there are enough samples of each group that a metric averages over.

    Of a label that none of many samples has, the data are taken to have none.
    """
    sizes = group_sizes(metric, matrix, counts)
    if sizes is None or not sizes.size:
        return True
    least = LEAST if clusters is None else LEAST_CLUSTERED
    absent = (sizes == 0) & bool(sizes.sum() >= _MANY)
    return bool(np.all((sizes >= least) | absent))


def _biased(
    metric: Metric,
    found: Jackknife,
    matrix: Matrix,
    counts: Counts | None,
    clusters: Clusters | None,
    n: int | None,
) -> bool:
    """Whether resamples of a quarter of the samples have values to one side of the whole's."""
    units = units_of(metric, matrix, counts, clusters, n)
    fewer = max(found.units // 4, min(found.units, LEAST if clusters is None else 2 * CLUSTERS))
    drawn = np.concatenate(
        [
            values(metric, weights, units.rows)
            for weights in units.draw(_QUARTERS, np.random.default_rng(SEED), size=fewer)
        ]
    )
    defined = drawn[np.isfinite(drawn)]
    return not len(defined) or abs(float(defined.mean()) - found.value) > _BIASED * found.error


def _bounded(scale: tuple[float, float]) -> bool:
    return math.isfinite(scale[0]) and math.isfinite(scale[1]) and scale[0] < scale[1]


def _wilson_t(found: Jackknife, scale: tuple[float, float]) -> tuple[float, float]:
    """Wilson's interval of a proportion with the error of this one, of so many samples as have it."""
    low, wide = scale[0], scale[1] - scale[0]
    proportion = min(1.0, max(0.0, (found.value - low) / wide))
    n = proportion * (1 - proportion) / (found.error / wide) ** 2 if found.error else float(found.units)
    if not n:  # at an end of the range though the samples differ: as of samples that do not
        n = float(found.units)
    least, greatest = _wilson(proportion, n, float(stdtrit(found.df, 1 - ALPHA / 2)))
    return low + wide * least, low + wide * greatest


def _wilson(proportion: float, n: float, limit: float) -> tuple[float, float]:
    square = limit**2
    middle = (proportion + square / (2 * n)) / (1 + square / n)
    half = math.sqrt(square * proportion * (1 - proportion) / n + square**2 / (4 * n**2)) / (1 + square / n)
    return middle - half, middle + half


def _error(found: Jackknife, scale: tuple[float, float]) -> float:
    """The standard error; of a score at an end of its range, as for :func:`proportion_error`."""
    if found.error or not _bounded(scale) or found.value not in scale:
        return found.error or math.nan
    return (scale[1] - scale[0]) * proportion_error(float(found.units), float(found.units))
