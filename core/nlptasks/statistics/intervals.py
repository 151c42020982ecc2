"""Statistics of scores: intervals, paired tests and spreads, for any metric's matrix.

A metric is a matrix of sufficient statistics, a row a sample (see :class:`nlptasks.plugin.protocols.Metric`), so
everything here is arithmetic on weights of its rows. Equal rows are drawn together, in an order that does not depend on
the order
of the samples: the same samples in another order have the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.randomisation import ROUNDING, randomisation
from nlptasks.statistics.resampling import HELD, Clusters, Counts, Matrix, occurrences, units_of, values

#: Resamples of the bootstrap, rounds of the randomisation, and the seed that makes both the same every time.
RESAMPLES = 2_000
ROUNDS = 10_000
SEED = 12_345

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
class Paired:
    """Two systems on the same samples.

    Args:
        delta: Value of the second system less that of the first.
        low: Lower end of the 95 % interval of ``delta``.
        high: Upper end.
        p: Probability of a difference as large as this, or larger, between two equal systems; two-sided. NaN where the
            metric is not defined.
        test: Name of the test: ``mcnemar`` or ``randomisation``.
        wins: Samples on which the second system is better.
        ties: Samples on which they are equal.
        losses: Samples on which the first is better.
        n: Samples.
        error: Standard error of ``delta`` over the resamples.
    """

    delta: float
    low: float
    high: float
    p: float
    test: str
    wins: int
    ties: int
    losses: int
    n: int
    error: float


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


# ------------------------------------------------------------------- values


def value(metric: Metric, matrix: Matrix) -> float:
    """Value of a metric on all samples; NaN where it is not defined or there is no sample."""
    return float(values(metric, np.ones(len(matrix)), matrix)) if len(matrix) else math.nan


# ---------------------------------------------------------------- intervals


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

    Wilson's for a share of samples; else the percentile interval (Efron 1979) over resamples of the samples, or of the
    clusters where samples come in such: samples of one cluster (questions on one article) are right or wrong together,
    and drawing them one by one would make the interval too narrow.

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
    """95 % interval of a share (Wilson 1927); NaN twice where there is no sample."""
    if not n:
        return math.nan, math.nan
    found = binomtest(hits, n).proportion_ci(1 - ALPHA, method="wilson")
    return float(found.low), float(found.high)


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
    """Values on resamples of the samples, ``[resamples]``; see :func:`interval`."""
    units = units_of(metric, matrix, counts, clusters, n)
    generator = np.random.default_rng(seed)
    found = [values(metric, weights, units.rows) for weights in units.draw(resamples, generator)]
    return np.concatenate(found) if found else np.full(resamples, math.nan)


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


# -------------------------------------------------------------- comparisons


def paired(
    metric: Metric,
    a: Matrix,
    b: Matrix,
    *,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    rounds: int = ROUNDS,
    seed: int = SEED,
    higher_is_better: bool = True,
) -> Paired:
    """Compare two systems on the same samples.

    The interval is that of the difference over resamples which both systems share. The test is McNemar's exact one for
    a share of samples; else approximate randomisation (Noreen 1989): if the systems are equal, it does not matter
    which of them gave which of a sample's two answers, so both are swapped at random, and p is
    ``(c + 1) / (rounds + 1)`` with ``c`` the rounds whose difference is as large as the one found.

    Args:
        metric: The metric.
        a: Statistics of the first system, ``[samples, k]``.
        b: Those of the second, row for row of the same samples.
        clusters: What each sample belongs to; clusters are then drawn and swapped as a whole. ``None``: to nothing.
        resamples: Resamples of the interval.
        rounds: Rounds of the randomisation.
        seed: Seeds both.
        higher_is_better: Whether a larger value is the better one, which decides what a win is.

    Raises:
        ValueError: The matrices differ in their shape, or have no row.
    """
    if a.shape != b.shape or not len(a):
        raise ValueError(f"two systems need the same samples, one or more; got {a.shape} and {b.shape}")
    delta = value(metric, b) - value(metric, a)
    wins, losses = _won(metric, a, b, higher_is_better)
    if math.isnan(delta):
        p, test = math.nan, "randomisation"
    elif metric.binary and clusters is None:
        p, test = mcnemar(wins, losses), "mcnemar"
    else:
        p, test = randomisation(metric, a, b, clusters, rounds, seed, abs(delta)), "randomisation"
    drawn = differences(metric, a, b, clusters=clusters, resamples=resamples, seed=seed)
    low, high = ends(drawn)
    return Paired(
        delta=delta,
        low=min(low, delta),
        high=max(high, delta),
        p=p,
        test=test,
        wins=wins,
        ties=len(a) - wins - losses,
        losses=losses,
        n=len(a),
        error=standard_error(drawn),
    )


def differences(
    metric: Metric,
    a: Matrix,
    b: Matrix,
    *,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Value of ``b`` less that of ``a`` on resamples that both share, ``[resamples]``; see :func:`paired`."""
    first, second = shared_resamples(metric, [a, b], clusters=clusters, resamples=resamples, seed=seed)
    return second - first


def shared_resamples(
    metric: Metric,
    matrices: Sequence[Matrix],
    *,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[NDArray[np.float64]]:
    """Values of several systems on the same resamples, ``[resamples]`` each.

    Args:
        metric: The metric.
        matrices: Statistics of each system, ``[samples, k]``, row for row of the same samples.
        clusters: What each sample belongs to; ``None``: to nothing.
        resamples: How many resamples are drawn.
        seed: Seeds them.

    Raises:
        ValueError: The matrices differ in their shape, there is none, or they have no row.
    """
    shapes = {matrix.shape for matrix in matrices}
    if len(shapes) != 1 or not len(matrices[0]):
        raise ValueError(f"systems need the same samples, one or more; got {sorted(shapes)}")
    units = units_of(metric, np.hstack(list(matrices)), None, clusters, None)
    parts = [np.ascontiguousarray(part) for part in np.split(units.rows, len(matrices), axis=1)]
    drawn = units.draw(resamples, np.random.default_rng(seed))
    found = [[values(metric, weights, part) for part in parts] for weights in drawn]
    return [np.concatenate(some) for some in zip(*found, strict=True)]


def mcnemar(b: int, c: int) -> float:
    """Two-sided exact p of McNemar (1947).

    Args:
        b: Samples that only one system has right.
        c: Samples that only the other has right.
    """
    return float(binomtest(min(b, c), b + c).pvalue) if b + c else 1.0


def holm(ps: Sequence[float]) -> list[float]:
    """P values adjusted for their number (Holm 1979).

    Where those below 0.05 are believed, the risk that any of them is false is at most 5 %. NaN, a test that could not
    be made, is left out and stays.
    """
    tested = sorted((p, at) for at, p in enumerate(ps) if not math.isnan(p))
    adjusted, highest = list(ps), 0.0
    for rank, (p, at) in enumerate(tested):
        highest = max(highest, min(1.0, p * (len(tested) - rank)))
        adjusted[at] = highest
    return adjusted


def sacrebleu_paired_bs(
    metric: Metric, a: Matrix, b: Matrix, *, resamples: int = 1_000, seed: int | None = SEED
) -> float:
    """The p value that ``sacrebleu --paired-bs`` prints. For compatibility only; it is too small.

    It takes the absolute differences over resamples, less their mean, for the differences of equal systems. Their
    spread is less than that of the differences, so that two equal systems differ at 5 % about twice as often as they
    should (``benchmarks/statistics``). Use :func:`paired`.

    Args:
        metric: The metric.
        a: Statistics of the baseline, ``[samples, k]``, in the order of the data, which decides the draws.
        b: Those of the other system.
        resamples: How many resamples are drawn.
        seed: sacrebleu's ``SACREBLEU_SEED``.
    """
    generator, n = np.random.default_rng(seed), len(a)
    drawn = generator.choice(n, size=(resamples, n), replace=True)
    size = max(1, HELD // n)
    found = []
    for done in range(0, resamples, size):
        weights = occurrences(drawn[done : done + size], n).astype(np.float64)
        found.append(np.abs(values(metric, weights, b) - values(metric, weights, a)))
    away = np.concatenate(found)
    above = int(np.sum(away - away.mean() > abs(value(metric, b) - value(metric, a))))
    return (above + 1) / (resamples + 1)


# ------------------------------------------------------------------- spread


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


def _won(metric: Metric, a: Matrix, b: Matrix, higher_is_better: bool) -> tuple[int, int]:
    """Samples on which the second system is better, and on which the first is.

    A metric whose value is no function of a sum says nothing of a single sample: all are ties.
    """
    if hasattr(metric, "weighted"):
        return 0, 0
    ahead = (metric.score(b) - metric.score(a)) * (1 if higher_is_better else -1)
    return int(np.sum(ahead > ROUNDING)), int(np.sum(ahead < -ROUNDING))


__all__ = [
    "ALPHA",
    "RESAMPLES",
    "ROUNDS",
    "SEED",
    "Clusters",
    "Counts",
    "Interval",
    "Matrix",
    "Paired",
    "Spread",
    "bootstrap_method",
    "differences",
    "ends",
    "holm",
    "interval",
    "mcnemar",
    "paired",
    "resampled",
    "sacrebleu_paired_bs",
    "shared_resamples",
    "spread",
    "standard_error",
    "value",
    "values",
    "wilson",
]
