"""Scores samples: the same for an evaluation, for anybody's predictions and for a record that is scored anew."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, matrices, metric_of, open_metrics, readable
from nlptasks._scoring.results import clusters_of, result
from nlptasks.plugin import PREDICTION, TaskSpec
from nlptasks.plugin.protocols import Baseline, Example
from nlptasks.records.schema import Matrices, Result, Sample
from nlptasks.statistics.resampling import value


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Samples with their scores.

    Args:
        scores: The result of each metric that can read a sample.
        stats: Its statistics matrix, ``[samples, k]``.
        metrics: The metrics that are installed.
    """

    scores: Mapping[str, Result]
    stats: Matrices
    metrics: dict[str, OpenMetric]


def metric_names(
    registry: Registry, task: TaskSpec, own: Sequence[str], primary: str, more: Sequence[str]
) -> tuple[str, ...]:
    """Names of the metrics to score with, the primary one first.

    Args:
        registry: What is installed.
        task: The task.
        own: Metrics in place of the task's; empty: the task's.
        primary: The metric that ranks systems; empty: the task's.
        more: Further metrics.

    Raises:
        UsageError: One that was named is not installed; the task's own need not be.
    """
    for name in (*more, *own, *filter(None, (primary,))):
        metric_of(registry, name, task.name)
    usual = tuple(own) or (*task.metrics, *task.recorded)
    first = primary or (task.primary if task.primary in usual else usual[0])
    return tuple(dict.fromkeys((first, *usual, *more)))


def score_samples(
    registry: Registry,
    names: Iterable[str],
    samples: Sequence[Sample],
    *,
    labels: tuple[str, ...],
    language: str = "",
    cluster: str = "",
    task: TaskSpec | None = None,
    task_name: str = "",
) -> Scored:
    """Score samples with those of some metrics that are installed.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        samples: The samples.
        labels: The closed set of them; empty: none.
        language: ISO 639-1 code of the language of the predictions; empty: not known.
        cluster: The column whose values tie samples together; empty: none.
        task: The task whose trivial baseline is scored beside; ``None``: none is.
        task_name: Name of the task whose own metrics come first, where ``task`` is not given.
    """
    owner = task.name if task else task_name
    metrics = open_metrics(registry, names, labels=labels, language=language, task=owner)
    stats = matrices(metrics, samples)
    clusters = clusters_of(samples, cluster)
    baselines = baselines_of(task, metrics, samples) if task else {}
    scores = {
        name: result(
            metrics[name],
            matrix,
            readable(metrics[name], samples),
            baseline=baselines.get(name),
            clusters=clusters,
            cluster=cluster,
        )
        for name, matrix in stats.items()
    }
    return Scored(scores=scores, stats=stats, metrics=metrics)


def baselines_of(task: TaskSpec, metrics: Mapping[str, OpenMetric], samples: Sequence[Sample]) -> dict[str, float]:
    """What the task's trivial baseline reaches with each metric that reads predictions.

    It may need inputs that the samples lack; then there is none.
    """
    what = f"the baseline of the task {task.name}"
    make: Baseline = load_object(what, task.baseline)
    with plugin_errors(what):
        answer = make(Counter(sample.gold for sample in samples))
        try:
            answers = [answer(Example(sample.inputs)).canonical for sample in samples]
        except KeyError:
            return {}
    trivial = [Sample(id=s.id, gold=s.gold, prediction=text) for s, text in zip(samples, answers, strict=True)]
    reading = {name: item for name, item in metrics.items() if item.reads == PREDICTION}
    found = {name: value(reading[name].metric, matrix) for name, matrix in matrices(reading, trivial).items()}
    return {name: number for name, number in found.items() if math.isfinite(number)}
