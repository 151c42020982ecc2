"""Power: how small a difference the samples of a data set can tell apart."""

from __future__ import annotations

import math

from scipy.stats import norm

from nlptasks.plugin.protocols import Metric
from nlptasks.statistics.intervals import ALPHA, standard_error
from nlptasks.statistics.resampling import RESAMPLES, SEED, Clusters, Counts, Matrix, resampled

__all__ = ["POWER", "detectable", "detectable_difference", "detectable_from", "proportion_error"]

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
    return min(1.0, _quantiles() * math.sqrt(discordance / n))


def detectable_difference(
    metric: Metric,
    matrix: Matrix,
    *,
    counts: Counts | None = None,
    clusters: Clusters | None = None,
    n: int | None = None,
    correlation: float = 0.5,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> float:
    """Smallest difference to another system that would be found with 80 % power at 5 %, from one system alone.

    It assumes that the other system's standard error is the same and that their values correlate by ``correlation``
    over samples; with 0.5 the standard error of the difference is that of one system. Systems that are more alike (a
    model and its copy in int8) can be told apart by less: :func:`detectable` takes the proportion of samples on which
    they differ. The standard error is that of the bootstrap; of a proportion, that of (hits + 2) / (n + 4) (Agresti and
    Coull 1998), since a perfect score would leave none.

    Args:
        metric: The metric.
        matrix: Statistics of the system, ``[samples, k]``.
        counts: As for :func:`nlptasks.statistics.intervals.interval`.
        clusters: As there.
        n: As there.
        correlation: Of the two systems' values, from -1 to below 1.
        resamples: Resamples of the bootstrap.
        seed: Seeds them.

    Returns:
        The difference on the metric's scale; NaN where resamples do not differ.
    """
    if metric.binary and clusters is None:
        hits, total = (matrix.sum(axis=0) if counts is None else counts @ matrix)[:2]
        error = proportion_error(float(hits), float(total))
    else:
        drawn = resampled(metric, matrix, counts=counts, clusters=clusters, n=n, resamples=resamples, seed=seed)
        error = standard_error(drawn)
    return detectable_from(error, correlation=correlation)


def detectable_from(error: float, *, correlation: float = 0.5) -> float:
    """Smallest difference found with 80 % power at 5 %, from one system's standard error; NaN for an error of 0."""
    return _quantiles() * error * math.sqrt(2 * (1 - correlation)) if error > 0 else math.nan


def proportion_error(hits: float, n: float) -> float:
    """Standard error of a proportion; see :func:`detectable_difference`."""
    proportion = (hits + 2) / (n + 4)
    return math.sqrt(proportion * (1 - proportion) / (n + 4))


def _quantiles() -> float:
    return float(norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER))
