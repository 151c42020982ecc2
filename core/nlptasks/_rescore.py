"""Scores samples anew with the metrics that are installed, and says what came out otherwise than a record has it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nlptasks._metrics import OpenMetric, matrices, open_metrics, readable
from nlptasks._names import resolve
from nlptasks._registry import Registry
from nlptasks.contracts import Baseline, Example
from nlptasks.errors import NlptasksError
from nlptasks.plugin import ANSWER, TaskSpec
from nlptasks.records import Matrices, Opened, Record, Result, Sample

#: Differences up to this are rounding.
TOLERANCE = 1e-9


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


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of one metric of a record.

    Args:
        metric: Its name.
        old: What the record has; ``None``: it lacks the metric.
        new: What its samples give now; ``None``: the metric is not installed, or can read none of them.
    """

    metric: str
    old: Result | None
    new: Result | None

    @property
    def comparable(self) -> bool:
        """Whether both values are there and mean the same."""
        return self.old is not None and self.new is not None and self.old.signature == self.new.signature

    @property
    def difference(self) -> float | None:
        """The new value less the old one; ``None`` where one of them is not there."""
        old = None if self.old is None else self.old.value
        new = None if self.new is None else self.new.value
        return None if old is None or new is None else new - old

    @property
    def differs(self) -> bool:
        """Whether two values that mean the same are not the same."""
        if self.old is None or self.new is None or not self.comparable:
            return False
        return not same(self.old.value, self.new.value)


def same(a: float | None, b: float | None) -> bool:
    """Whether two numbers differ by rounding only; a number that is not defined equals another such."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=0.0, abs_tol=TOLERANCE)


def score_samples(
    registry: Registry,
    names: Iterable[str],
    samples: Sequence[Sample],
    *,
    labels: tuple[str, ...],
    language: str = "",
    cluster: str = "",
    task: TaskSpec | None = None,
) -> Scored:
    """Score samples with those of some metrics that are installed.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        samples: The samples.
        labels: The closed set of answers; empty: none.
        language: ISO 639-1 code of the language of the answers; empty: not known.
        cluster: The column whose values tie samples together; empty: none.
        task: The task whose trivial baseline is scored beside; ``None``: none is.
    """
    from nlptasks._results import result

    metrics = open_metrics(registry, names, labels=labels, language=language)
    stats = matrices(metrics, samples)
    clusters = [sample.meta.get(cluster, "") for sample in samples] if cluster else None
    baselines = _baselines(task, metrics, samples) if task else {}
    scores = {
        name: result(
            metrics[name],
            matrix,
            readable(metrics[name], samples),
            baseline=baselines.get(name),
            clusters=clusters,
        )
        for name, matrix in stats.items()
    }
    return Scored(scores=scores, stats=stats, metrics=metrics)


def rescore(opened: Opened, registry: Registry, more: Sequence[str] = ()) -> tuple[list[Change], Scored]:
    """Score the samples of a record anew.

    Args:
        opened: The record.
        registry: What is installed.
        more: Metrics to score with beside those that the record has.

    Raises:
        NlptasksError: It has no samples.
    """
    record = opened.record
    if not opened.samples:
        raise NlptasksError(
            f"{opened.folder}: an imported number has no samples that could be scored",
            hint="score the predictions themselves: nlptasks rescore PREDICTIONS --task TASK",
        )
    names = tuple(dict.fromkeys((*record.scores, *more)))
    scored = score_samples(
        registry,
        names,
        opened.samples,
        labels=record.labels,
        language=record.dataset.language,
        cluster=record.dataset.cluster,
    )
    # The baseline belongs to the data and not to the answers: what the record says of it holds.
    scores = {
        name: replace(new, baseline=record.scores[name].baseline) if name in record.scores else new
        for name, new in scored.scores.items()
    }
    changes = [Change(metric=name, old=record.scores.get(name), new=scores.get(name)) for name in names]
    return changes, replace(scored, scores=scores)


def rescored(record: Record, changes: Sequence[Change], scored: Scored) -> Record:
    """The record with its new scores; slices of scores that changed are dropped.

    Raises:
        NlptasksError: None of the metrics can be scored.
    """
    if not scored.scores:
        raise NlptasksError("none of the metrics is installed", hint="see 'nlptasks metrics list'")
    steady = all(change.comparable and not change.differs for change in changes)
    primary = record.primary if record.primary in scored.scores else next(iter(scored.scores))
    slices = record.slices if steady else {}
    return replace(record, scores=scored.scores, primary=primary, slices=slices, trust="V1", digests={})


def _baselines(task: TaskSpec, metrics: Mapping[str, OpenMetric], samples: Sequence[Sample]) -> dict[str, float]:
    """What the task's trivial baseline reaches with each metric that reads answers.

    It may need inputs that the samples lack; then there is none.
    """
    from nlptasks.statistics import value

    make: Baseline = resolve(task.baseline)
    answer = make(Counter(sample.gold for sample in samples))
    try:
        answers = [answer(Example(sample.inputs)).answer for sample in samples]
    except KeyError:
        return {}
    trivial = [Sample(id=s.id, gold=s.gold, prediction=text) for s, text in zip(samples, answers, strict=True)]
    reading = {name: item for name, item in metrics.items() if item.reads == ANSWER}
    found = {name: value(reading[name].metric, matrix) for name, matrix in matrices(reading, trivial).items()}
    return {name: number for name, number in found.items() if math.isfinite(number)}
