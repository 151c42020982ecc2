"""95 % intervals of scores, for any metric's matrix of statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.resampling import RESAMPLES, SEED, Clusters, Counts, Matrix, resampled

__all__ = [
    "ALPHA",
    "Interval",
    "Spread",
    "bootstrap_method",
    "ends",
    "interval",
    "spread",
    "standard_error",
    "wilson",
]

#: The chance of finding a difference where there is none.
ALPHA = 0.05


@dataclass(frozen=True)
class Interval:
    """A 95 % interval.

    Args:
        low: Lower end; NaN where the metric is not defined.
        high: Upper end.
        method: How it was made, as a part of a signature.
    """

    low: float
    high: float
    method: str


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
    resamples: int = RESAMPLES,
    seed: int = SEED,
    cluster: str = "yes",
) -> Interval:
    """95 % interval of a metric's value.

    Wilson's for a proportion of samples; else the percentile interval (Efron 1979) over resamples of the samples, or of
    the clusters where samples come in such: samples of one cluster (questions on one article) are right or wrong
    together, and resampling them one by one would make the interval too narrow.

    Args:
        metric: The metric.
        matrix: Its statistics, ``[samples, k]``.
        counts: How often each row occurs, ``[samples]``; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Samples that the metric reads, where the matrix has rows of zeros for others; ``None``: all.
        resamples: How many resamples are drawn.
        seed: Seeds them.
        cluster: What the signature calls the clusters.
    """
    if metric.binary and clusters is None:
        hits, total = (matrix.sum(axis=0) if counts is None else counts @ matrix)[:2]
        return Interval(*wilson(round(float(hits)), round(float(total))), "ci:wilson")
    drawn = resampled(metric, matrix, counts=counts, clusters=clusters, n=n, resamples=resamples, seed=seed)
    return Interval(*ends(drawn), bootstrap_method(resamples, seed, "" if clusters is None else cluster))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927); NaN twice where there is no sample."""
    if not n:
        return math.nan, math.nan
    found = binomtest(hits, n).proportion_ci(1 - ALPHA, method="wilson")
    return float(found.low), float(found.high)


def ends(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile; resamples without a value (one label alone, say) do not count."""
    defined = drawn[np.isfinite(drawn)]
    if not len(defined):
        return math.nan, math.nan
    low, high = np.percentile(defined, [100 * ALPHA / 2, 100 * (1 - ALPHA / 2)])
    return float(low), float(high)


def bootstrap_method(resamples: int = RESAMPLES, seed: int = SEED, cluster: str = "") -> str:
    """The part of a signature that says how a bootstrap interval was made."""
    return f"ci:bootstrap|bs:{resamples}|seed:{seed}" + (f"|cluster:{cluster}" if cluster else "")


def standard_error(drawn: NDArray[np.float64]) -> float:
    """Standard deviation of values over resamples: the standard error that the samples leave."""
    defined = drawn[np.isfinite(drawn)]
    return float(defined.std(ddof=1)) if len(defined) > 1 else math.nan


def spread(runs: Sequence[float], errors: Sequence[float] = ()) -> Spread:
    """What several seeds of one system tell; the two deviations are never mixed, and never divided by resamples.

    Args:
        runs: Value of each run, one or more.
        errors: Standard error of each (:func:`standard_error`), where known.

    Raises:
        ValueError: There is no run.
    """
    if not runs:
        raise ValueError("a spread needs one run or more")
    between = float(np.std(runs, ddof=1)) if len(runs) > 1 else math.nan
    within = float(np.sqrt(np.mean(np.square(errors)))) if errors else math.nan
    return Spread(runs=len(runs), mean=float(np.mean(runs)), between=between, within=within)
