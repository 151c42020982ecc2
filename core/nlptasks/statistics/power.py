"""Power: how small a difference the samples of a data set can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import ndtri, stdtrit

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ALPHA, UNBOUNDED, interval, proportion_error
from nlptasks.statistics.resampling import Clusters, Counts, Matrix
from nlptasks.statistics.tests import MCNEMAR, Paired

__all__ = [
    "POWER",
    "detectable",
    "detectable_by_mcnemar",
    "detectable_difference",
    "detectable_from",
    "detectable_of",
    "limits",
    "proportion_error",
]

#: The chance of finding a difference that is there.
POWER = 0.8


def detectable(n: int, *, discordance: float = 0.1) -> float:
    """Smallest difference of two proportions on the same samples that a paired test finds with 80 % power at 5 %.

    ``(z(1 - alpha / 2) + z(power)) * sqrt(discordance / n)``, the large-sample form for McNemar's test (Connor 1987,
    with the variance under no difference). A result above ``discordance`` says that systems which differ on so few
    samples cannot be told apart at all.

    Args:
        n: Samples, 1 or more.
        discordance: Proportion of the samples that one of the systems has right and the other wrong, above 0 to 1.

    Raises:
        ValueError: A number is out of its range.
    """
    if n < 1 or not 0 < discordance <= 1:
        raise ValueError(f"a difference needs samples and a discordance above 0 and up to 1; got {n} and {discordance}")
    return min(1.0, _quantiles(ALPHA) * math.sqrt(discordance / n))


def detectable_by_mcnemar(n: int, discordance: float, *, alpha: float = ALPHA) -> float:
    """As :func:`detectable`, of McNemar's exact test at any level.

    The exact test asks for half a sample more on either side than the large-sample form, and a difference needs as many
    discordant samples as it is wide. NaN where no difference would be found.

    Args:
        n: Samples, 1 or more.
        discordance: Proportion of discordant samples, 0 to 1; at least as many are taken as the difference needs.
        alpha: The level of the test.
    """
    at_level, at_power = float(ndtri(1 - alpha / 2)), float(ndtri(POWER))
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        apart = max(discordance, middle)
        needed = 1 / n + at_level * math.sqrt(apart / n) + at_power * math.sqrt(max(0.0, apart - middle**2) / n)
        low, high = (low, middle) if middle >= needed else (middle, high)
    fewest = math.ceil(1 - math.log2(alpha))  # discordant samples that can have a p below alpha
    found = max(high, fewest / n)
    return found if found < 1 and n >= fewest else math.nan


def detectable_of(pair: Paired, *, alpha: float = ALPHA) -> float:
    """Smallest difference of two systems that were compared which would be found with 80 % power.

    Args:
        pair: The two, compared: their discordant samples, or the standard error of their difference, is what another
            difference is taken to have too.
        alpha: What p must be below to count as found, as it is after a correction (see :func:`limits`).

    Returns:
        The difference on the metric's scale; NaN where none could be found, or nothing is known.
    """
    if pair.test == MCNEMAR and pair.discordant is not None:
        n = pair.units
        return detectable_by_mcnemar(n, pair.discordant / n, alpha=alpha) if n else math.nan
    if pair.least >= alpha or not pair.error > 0:
        return math.nan
    return float(stdtrit(pair.df, 1 - alpha / 2) + stdtrit(pair.df, POWER)) * pair.error


def limits(ps: Sequence[float], *, alpha: float = ALPHA) -> list[float]:
    """What p each test must be below to be counted after Holm's correction, the other tests being as they are.

    Args:
        ps: The p of each; NaN: it could not be made, and has no limit.
        alpha: The risk of any false finding.
    """
    order = sorted((p, at) for at, p in enumerate(ps) if not math.isnan(p))
    count, found = len(order), [math.nan] * len(ps)
    for _, own in order:
        passed = 0
        for p, _ in (other for other in order if other[1] != own):
            if not p < alpha / (count - passed):
                break
            passed += 1
        found[own] = alpha / (count - passed)
    return found


def detectable_difference(
    metric: Metric,
    matrix: Matrix,
    *,
    counts: Counts | None = None,
    clusters: Clusters | None = None,
    n: int | None = None,
    scale: tuple[float, float] = UNBOUNDED,
    correlation: float = 0.5,
) -> float:
    """Smallest difference to another system that would be found with 80 % power at 5 %, from one system alone.

    It assumes that the other system's standard error is the same, that their values correlate by ``correlation`` over
    samples, and that this is the only comparison; with 0.5 the standard error of the difference is that of one system.
    Systems that are more alike (a model and its copy in int8) can be told apart by less, and of several comparisons
    each needs more: :func:`detectable_of` tells what two systems that were compared could show.

    Args:
        metric: The metric.
        matrix: Statistics of the system, ``[samples, k]``.
        counts: How often each row occurs; ``None``: once.
        clusters: What each row belongs to; ``None``: to nothing.
        n: Samples that the metric reads; ``None``: all.
        scale: Lowest and highest value of the metric.
        correlation: Of the two systems' values, from -1 to below 1.

    Returns:
        The difference on the metric's scale; NaN where samples do not differ.
    """
    found = interval(metric, matrix, counts=counts, clusters=clusters, n=n, scale=scale)
    return detectable_from(found.error, correlation=correlation)


def detectable_from(error: float, *, correlation: float = 0.5) -> float:
    """Smallest difference found with 80 % power at 5 %, from one system's standard error; NaN for an error of 0."""
    return _quantiles(ALPHA) * error * math.sqrt(2 * (1 - correlation)) if error > 0 else math.nan


def _quantiles(alpha: float) -> float:
    return float(ndtri(1 - alpha / 2) + ndtri(POWER))
