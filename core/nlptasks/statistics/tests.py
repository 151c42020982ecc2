"""Paired tests of systems on the same samples: McNemar's, approximate randomisation, and Holm's correction.

Approximate randomisation takes for granted that a difference is as likely in one direction as in the other. Where few
large gains balance many small losses it is not, and equal means were told apart in 20 % of cases. So p is the larger
one of that test and of a t test that is corrected for skewness; and where all differences point to one side, it also is
no smaller than the probability that samples which would balance them were just not among these.

All pairs of many systems are tested at once, from draws that they share; a pair has the same numbers whether it is
tested alone or among hundreds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.differences import Difference, Shared, discordant_interval
from nlptasks.statistics.intervals import holding
from nlptasks.statistics.randomisation import ROUNDING, ROUNDS, randomised
from nlptasks.statistics.resampling import (
    HELD,
    RESAMPLES,
    SEED,
    Clusters,
    Matrix,
    occurrences,
    shared_resamples,
    value,
    values,
)

__all__ = [
    "MCNEMAR",
    "RANDOMISATION",
    "ROUNDS",
    "Paired",
    "holm",
    "mcnemar",
    "paired",
    "paired_all",
    "sacrebleu_paired_bs",
]

#: What the tests are called.
MCNEMAR, RANDOMISATION = "mcnemar", "randomisation"

_Array = NDArray[np.float64]


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
        wins: Samples on which the second system is better; ``None`` where a sample alone has no value (a correlation,
            an area under a curve).
        ties: Samples on which they are equal.
        losses: Samples on which the first is better.
        n: Samples.
        error: Standard error of ``delta``; NaN where it is not known.
        method: How the interval was made, or why there is none (see :func:`nlptasks.statistics.intervals.reason`).
        units: Samples or clusters.
        df: Degrees of freedom of ``error``.
        discordant: Samples that one of the systems has right and the other wrong, where the test is McNemar's.
        superiority: Proportion of the resamples in which the second system is the better one, ties counted half; NaN
            where the metric is not defined.
    """

    delta: float
    low: float
    high: float
    p: float
    test: str
    wins: int | None
    ties: int | None
    losses: int | None
    n: int
    error: float
    superiority: float = math.nan
    method: str = ""
    units: int = 0
    df: float = math.inf
    discordant: int | None = None

    @property
    def least(self) -> float:
        """The smallest p that the test could have found: with few clusters there are few ways to swap them."""
        if self.test == MCNEMAR:
            return 2.0 ** (1 - self.n) if self.n < 1_000 else 0.0
        return max(1 / (ROUNDS + 1), 2.0 ** (1 - self.units) if self.units < 1_000 else 0.0)


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

    Of a proportion of samples, the test is McNemar's exact one and the interval of the difference is that of Bonett and
    Price (2012, doi 10.3102/1076998611411915). Else the interval is Hall's, from the jackknife (see
    :mod:`nlptasks.statistics.intervals`), and the test is approximate randomisation (Noreen 1989): if the systems are
    equal, it does not matter which of them gave which of a sample's two predictions, so both are swapped at random, and
    p is ``(c + 1) / (rounds + 1)`` with ``c`` the rounds whose difference is as large as the one found; or it is that
    of a t test corrected for skewness, if that is larger.

    Args:
        metric: The metric.
        a: Statistics of the first system, ``[samples, k]``.
        b: Those of the second, row for row of the same samples. The order of the rows decides what is drawn.
        clusters: What each sample belongs to; clusters are then drawn and swapped as a whole. ``None``: to nothing.
        resamples: Resamples of the interval.
        rounds: Rounds of the randomisation.
        seed: Seeds both.
        higher_is_better: Whether a larger value is the better one, which decides what a win is.

    Raises:
        ValueError: The matrices differ in their shape, or have no row.
    """
    (found,) = paired_all(
        metric,
        [[a], [b]],
        clusters=clusters,
        resamples=resamples,
        rounds=rounds,
        seed=seed,
        higher_is_better=higher_is_better,
    )
    return found


def paired_all(
    metric: Metric,
    systems: Sequence[Sequence[Matrix]],
    pairs: Sequence[tuple[int, int]] | None = None,
    *,
    drawn: _Array | None = None,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    rounds: int = ROUNDS,
    seed: int = SEED,
    higher_is_better: bool = True,
) -> list[Paired]:
    """Compare pairs of many systems; each pair has the numbers that :func:`paired` gives it.

    Args:
        metric: The metric.
        systems: Statistics of each system, ``[samples, k]``, a matrix for each of its runs; a system's value is the
            mean of those of its runs.
        pairs: Numbers of the systems to compare, the first against the second; ``None``: all pairs.
        drawn: Values of the systems on resamples, ``[systems, resamples]``, where :func:`resampled_means` has made
            them already.
        clusters: What each sample belongs to; ``None``: to nothing.
        resamples: Resamples of the intervals.
        rounds: Rounds of the randomisation.
        seed: Seeds both.
        higher_is_better: Whether a larger value is the better one.

    Raises:
        ValueError: The matrices differ in their shape, there is none, or they have no row.
    """
    if drawn is None:
        drawn = resampled_means(metric, systems, clusters=clusters, resamples=resamples, seed=seed)
    chosen = list(combinations(range(len(systems)), 2)) if pairs is None else list(pairs)
    points = [float(np.mean([value(metric, run) for run in runs])) for runs in systems]
    matrices: list[Matrix] = [runs[0] if len(runs) == 1 else np.mean(runs, axis=0) for runs in systems]
    of_samples = None if hasattr(metric, "weighted") else [metric.score(matrix) for matrix in matrices]
    counted = [_won(of_samples, matrices, a, b, higher_is_better) for a, b in chosen]
    defined = [at for at, (a, b) in enumerate(chosen) if not math.isnan(points[b] - points[a])]
    exact = metric.binary and clusters is None and all(len(runs) == 1 for runs in systems)
    ps = [math.nan] * len(chosen)
    if exact:
        found = [discordant_interval(matrices[a], matrices[b]) for a, b in chosen]
        for at in defined:
            ps[at] = mcnemar(*found[at].apart)
    else:
        shared = Shared.of(metric, systems, clusters)
        found = [shared.difference(a, b) for a, b in chosen]
        tested = randomised(
            metric, matrices, [chosen[at] for at in defined], clusters=clusters, rounds=rounds, seed=seed
        )
        for at, p in zip(defined, tested, strict=True):
            ps[at] = p if math.isnan(found[at].p) else max(p, found[at].p)
    test = MCNEMAR if exact else RANDOMISATION
    return [
        _paired(points[b] - points[a], drawn[b] - drawn[a], item, p, test, won, len(matrices[0]), higher_is_better)
        for (a, b), item, p, won in zip(chosen, found, ps, counted, strict=True)
    ]


def resampled_means(
    metric: Metric,
    systems: Sequence[Sequence[Matrix]],
    *,
    clusters: Clusters | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> _Array:
    """Values of systems with one run or several on resamples that all share; see :func:`shared_resamples`.

    Args:
        metric: The metric.
        systems: Statistics of each system, a matrix for each of its runs.
        clusters: What each sample belongs to; ``None``: to nothing.
        resamples: How many resamples are drawn.
        seed: Seeds them.

    Returns:
        ``[systems, resamples]``; the mean over the runs of a system.

    Raises:
        ValueError: The matrices differ in their shape, there is none, or they have no row.
    """
    runs = [matrix for system in systems for matrix in system]
    drawn = shared_resamples(metric, runs, clusters=clusters, resamples=resamples, seed=seed)
    starts = np.cumsum([0, *(len(system) for system in systems)])
    return np.stack([drawn[first:last].mean(axis=0) for first, last in pairwise(starts)])


def mcnemar(b: int, c: int) -> float:
    """Two-sided exact p of McNemar (1947).

    Args:
        b: Samples that only one system has right.
        c: Samples that only the other has right.
    """
    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


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


def _paired(
    delta: float,
    differences: _Array,
    found: Difference,
    p: float,
    test: str,
    won: tuple[int, int] | None,
    n: int,
    higher_is_better: bool,
) -> Paired:
    ahead = differences[np.isfinite(differences)] * (1 if higher_is_better else -1)
    better = np.mean(ahead > ROUNDING) + 0.5 * np.mean(np.abs(ahead) <= ROUNDING) if len(ahead) else math.nan
    low, high = holding(found.interval.low, found.interval.high, delta)
    return Paired(
        delta=delta,
        low=low,
        high=high,
        p=p,
        test=test,
        wins=None if won is None else won[0],
        ties=None if won is None else n - won[0] - won[1],
        losses=None if won is None else won[1],
        n=n,
        error=found.interval.error,
        superiority=float(better),
        method=found.interval.method,
        units=found.units or n,
        df=found.df,
        discordant=sum(found.apart) if test == MCNEMAR else None,
    )


def _won(
    scores: Sequence[_Array] | None, matrices: Sequence[Matrix], one: int, two: int, higher_is_better: bool
) -> tuple[int, int] | None:
    """Samples on which the second system is better, and on which the first is; ``None`` where a sample has no value.

    That is so of a metric whose value is no function of a sum, and of one that gives every sample the same (the
    correlation of one prediction with one gold label is 0), though the systems differ.
    """
    if scores is None:
        return None
    both = np.concatenate([scores[one], scores[two]])
    same, differ = bool(np.all(both == both[0])), bool(np.any(matrices[one] != matrices[two]))
    if not np.isfinite(both).any() or (same and differ):
        return None
    ahead = (scores[two] - scores[one]) * (1 if higher_is_better else -1)
    return int(np.sum(ahead > ROUNDING)), int(np.sum(ahead < -ROUNDING))
