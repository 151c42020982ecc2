"""Makes the :class:`nlptasks.records.schema.Result` of a metric from its statistics matrix.

And opens a record's metrics.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, open_metric
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.records.schema import Result, Sample
from nlptasks.records.store import StoredRecord
from nlptasks.statistics import power
from nlptasks.statistics.intervals import holding, interval
from nlptasks.statistics.resampling import Clusters, Matrix, value


def result(
    item: OpenMetric,
    matrix: Matrix,
    n: int,
    *,
    baseline: float | None = None,
    clusters: Clusters | None = None,
    cluster: str = "yes",
) -> Result:
    """A metric's value with its interval, its signature and what could be told apart.

    Args:
        item: The metric.
        matrix: Its statistics, ``[samples, k]``.
        n: Samples that it reads.
        baseline: Value of the trivial baseline on the same samples.
        clusters: What each sample belongs to; ``None``: to nothing.
        cluster: What the signature calls the clusters.

    Returns:
        The result; ``None`` stands in it for a value that is not defined, and for the ends of an interval that cannot
        be given: its signature says why.
    """
    found = value(item.metric, matrix)
    _check_range(item, found)
    around = interval(item.metric, matrix, clusters=clusters, n=n, scale=item.spec.range, cluster=cluster)
    low, high = holding(around.low, around.high, found)
    return Result(
        value=_number(found),
        low=_number(low),
        high=_number(high),
        n=n,
        signature=f"{item.metric.signature}|{around.method}",
        higher_is_better=item.spec.higher_is_better,
        scale=(_number(item.spec.range[0]), _number(item.spec.range[1])),
        baseline=baseline,
        detectable=_number(power.detectable_from(around.error)) if math.isfinite(found) else None,
    )


def _check_range(item: OpenMetric, value: float) -> None:
    """A value outside of what the metric says of itself would rank systems by a number that means something else."""
    low, high = item.spec.range
    slack = 1e-6 * max(1.0, abs(value))
    if math.isfinite(value) and not low - slack <= value <= high + slack:
        raise PluginError(
            f"the metric {item.spec.name!r} gave {value:g}, and its range is {low:g} to {high:g}",
            hint="tell its author; 'nlptasks metrics list' shows whose it is",
        )


def _number(value: float) -> float | None:
    """JSON knows neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def metrics_of(registry: Registry, opened: StoredRecord, names: Iterable[str]) -> dict[str, OpenMetric]:
    """Open the metrics that a record was scored with, and check that they are the same ones still.

    Args:
        registry: What is installed.
        opened: The record, with its matrices.
        names: Names of the metrics, each with a matrix.

    Raises:
        UsageError: One is not installed.
        NlptasksError: One makes another value of the record's own statistics.
    """
    record = opened.record
    found = {}
    for name in names:
        item = open_metric(registry, name, labels=record.labels, language=record.dataset.language, task=record.task)
        if not _agrees(item, opened.stats[name], record.scores.get(name)):
            raise NlptasksError(
                f"{opened.folder}: the metric {name!r} that is installed does not read the record's statistics as the "
                "one did that it was scored with",
                hint=f"score it anew: nlptasks rescore {opened.folder}",
            )
        found[name] = item
    return found


def clusters_of(samples: Sequence[Sample], column: str) -> list[str] | None:
    """What each sample belongs to; ``None`` where the data name no column for it, or no sample has that.

    Args:
        samples: The samples.
        column: The column whose values tie samples together; empty: none. A sample without a value is on its own.
    """
    if not column or not any(column in sample.meta for sample in samples):
        return None
    return [sample.meta.get(column) or f"\0{sample.id}" for sample in samples]


def by_id(samples: Sequence[Sample]) -> list[int]:
    """Rows of samples in the order of their ids; those with one id stay in their order.

    Whatever is compared is taken in this order, so that a pair of systems has the same resamples in every company.
    """
    return sorted(range(len(samples)), key=lambda at: samples[at].id)


def base_signature(signature: str) -> str:
    """A signature without the method of the interval, which does not change the value."""
    return signature.partition("|ci:")[0]


def interval_method(signature: str) -> str:
    """The method of the interval, with what stands before it in a signature: :func:`base_signature`'s other part."""
    return signature.removeprefix(base_signature(signature))


def _agrees(item: OpenMetric, matrix: Matrix, said: Result | None) -> bool:
    try:
        found = _number(value(item.metric, matrix))
    except PluginError:  # statistics of another width
        return False
    if said is None or found is None or said.value is None:
        return said is None or found is said.value
    return math.isclose(found, said.value, rel_tol=1e-9, abs_tol=1e-9)
