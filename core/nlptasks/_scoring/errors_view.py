"""What systems got wrong, sample by sample.

When a sample is wrong is one rule for each kind of answer:

- With a closed set of labels, a prediction is wrong where it is not the gold answer.
- Else the gold answer itself is right, and of others the metric of the sample alone decides: it is wrong on the worse
  half of the metric's scale; where the scale has no end (bits per byte), on the worse half of the samples, those of
  all records together. Where the metric counts nothing of a sample, nothing is wrong there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from nlptasks._names import did_you_mean
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, matrices, open_metric
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import PREDICTION
from nlptasks.records.schema import Record, Sample
from nlptasks.records.store import StoredRecord
from nlptasks.text.display import one_line

#: Kinds of errors; ``only:NAME`` is the fourth.
WRONG, CONFIDENT, ALL_WRONG, ONLY = "wrong", "confident", "all-wrong", "only:"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a system predicted for a sample.

    Args:
        prediction: The prediction; ``None``: none.
        score: Probability of the prediction; ``None``: not told.
        value: The metric of this sample alone; ``None``: not defined, or the metric cannot read it.
        wrong: Whether it is wrong.
    """

    prediction: str | None
    score: float | None
    value: float | None
    wrong: bool


@dataclass(frozen=True, slots=True)
class Error:
    """A sample that is shown.

    Args:
        id: Its id.
        inputs: The task's inputs.
        gold: The gold answer.
        predictions: What each system predicted, in the order of the records.
    """

    id: str
    inputs: Mapping[str, str]
    gold: str
    predictions: tuple[Judged, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorList:
    """What is shown.

    Args:
        task: Name of the task.
        dataset: Name of the data set.
        systems: What the records' systems are called.
        metric: The metric that judges.
        rule: When a prediction is wrong, in words.
        kind: The kind of errors that was asked for.
        samples: Samples that were looked through.
        found: Samples of that kind.
        errors: The first of them.
    """

    task: str
    dataset: str
    systems: tuple[str, ...]
    metric: str
    rule: str
    kind: str
    samples: int
    found: int
    errors: tuple[Error, ...]


def list_errors(
    records: Sequence[StoredRecord], registry: Registry, *, kind: str = WRONG, n: int = 20, metric: str = ""
) -> ErrorList:
    """Look for samples that systems got wrong.

    Args:
        records: Records of the same samples.
        registry: What is installed.
        kind: ``wrong``: some system is wrong; those that most systems have wrong, by the most, come first.
            ``confident``: some system is wrong; those with the highest probability of a wrong prediction come first.
            ``all-wrong``: each system is wrong. ``only:NAME``: this system alone is wrong.
        n: How many are shown.
        metric: The metric that judges; empty: the primary one of the first record; with labels, the first one that is
            a proportion of samples.

    Raises:
        UsageError: The records are not of the same samples, a name is not known, or the metric judges no single sample.
        NlptasksError: A record has no samples.
    """
    _check(records)
    first = records[0].record
    systems = _systems(records)
    names = _wanted(kind, systems, records)
    item = _metric(records, registry, metric)
    found = [_values(opened, item) for opened in records]
    limit, rule = _limit(first, item, found)
    judged = [
        [
            Judged(sample.prediction, sample.score, value, _is_wrong(first, item, sample, value, limit))
            for sample, value in zip(opened.samples, values, strict=True)
        ]
        for opened, values in zip(records, found, strict=True)
    ]
    errors = [
        Error(sample.id, sample.inputs, sample.gold, predictions)
        for sample, *predictions_ in zip(records[0].samples, *judged, strict=True)
        if names(predictions := tuple(predictions_))
    ]
    errors.sort(key=lambda error: _order(error, kind, item))
    return ErrorList(
        task=first.task,
        dataset=first.dataset.name,
        systems=systems,
        metric=item.spec.name,
        rule=rule,
        kind=kind,
        samples=len(records[0].samples),
        found=len(errors),
        errors=tuple(errors[:n]),
    )


def _check(records: Sequence[StoredRecord]) -> None:
    """Records can be shown side by side where they are of the same samples."""
    first = records[0]
    for opened in records:
        if not opened.samples:
            raise NlptasksError(
                f"{opened.folder}: an imported number has no samples", hint="show a record that 'nlptasks eval' made"
            )
        for name, ours, theirs in (
            ("task", first.record.task, opened.record.task),
            ("data (sha256)", first.record.dataset.sha256[:12], opened.record.dataset.sha256[:12]),
            ("number of samples", len(first.samples), len(opened.samples)),
        ):
            if ours != theirs:
                raise UsageError(
                    f"{first.folder} and {opened.folder} cannot be shown side by side: their {name} differs, {ours} "
                    f"and {theirs}",
                    hint="give records of the same samples",
                )
        for at, (left, right) in enumerate(zip(first.samples, opened.samples, strict=True), 1):
            if left.id != right.id:
                raise UsageError(
                    f"{first.folder} and {opened.folder} cannot be shown side by side: sample {at} is "
                    f"{one_line(left.id, 40)!r} in one and {one_line(right.id, 40)!r} in the other",
                    hint="give records of the same samples",
                )


def _systems(records: Sequence[StoredRecord]) -> tuple[str, ...]:
    """What systems are called; where several share a name, their folders tell them apart."""
    names = [opened.record.model.name for opened in records]
    found = [
        name if names.count(name) == 1 else f"{name} ({opened.folder.name})"
        for name, opened in zip(names, records, strict=True)
    ]
    return tuple(name if found.count(name) == 1 else f"{name} {at}" for at, name in enumerate(found, 1))


class _Wanted:
    """Whether the predictions for a sample make it one that is asked for."""

    def __init__(self, kind: str, alone: int) -> None:
        self._kind, self._alone = kind, alone

    def __call__(self, predictions: Sequence[Judged]) -> bool:
        wrong = [answer.wrong for answer in predictions]
        if self._alone >= 0:
            return wrong[self._alone] and sum(wrong) == 1
        if self._kind == CONFIDENT:
            return any(answer.wrong and answer.score is not None for answer in predictions)
        return all(wrong) if self._kind == ALL_WRONG else any(wrong)


def _wanted(kind: str, systems: Sequence[str], records: Sequence[StoredRecord]) -> _Wanted:
    if kind.startswith(ONLY):
        return _Wanted(kind, _position(kind.removeprefix(ONLY), systems, records))
    if kind not in (WRONG, CONFIDENT, ALL_WRONG):
        known = (WRONG, CONFIDENT, ALL_WRONG, "only:NAME")
        raise UsageError(f"--kind: there is no kind {kind!r}{did_you_mean(kind, known)}", hint=", ".join(known))
    if kind == CONFIDENT and not any(sample.score is not None for opened in records for sample in opened.samples):
        raise UsageError(
            "--kind confident: none of these records tells how probable a prediction is", hint="take --kind wrong"
        )
    return _Wanted(kind, -1)


def _position(name: str, systems: Sequence[str], records: Sequence[StoredRecord]) -> int:
    folders = [opened.folder.name for opened in records]
    for known in (list(systems), folders):
        if known.count(name) == 1:
            return known.index(name)
    names = ", ".join(one_line(system, 60) for system in systems)
    raise UsageError(
        f"--kind only:{one_line(name, 60)}: there is no such system{did_you_mean(name, (*systems, *folders))}",
        hint=f"there are: {names}",
    )


def _metric(records: Sequence[StoredRecord], registry: Registry, name: str) -> OpenMetric:
    """The metric that judges. The value of macro-F1 on one sample says little, so labels are judged by a share."""
    record = records[0].record
    labels, language, task = record.labels, record.dataset.language, record.task
    if name:
        item = open_metric(registry, name, labels=labels, language=language, task=task)
    else:
        item = open_metric(registry, record.primary, labels=labels, language=language, task=task)
        for other in record.scores if labels and not item.metric.binary else ():
            found = open_metric(registry, other, labels=labels, language=language, task=task)
            if found.metric.binary:
                item = found
                break
    if hasattr(item.metric, "weighted"):
        raise UsageError(
            f"the metric {item.spec.name!r} is about all samples together and judges none alone",
            hint="choose another with --metric",
        )
    return item


def _values(opened: StoredRecord, item: OpenMetric) -> list[float | None]:
    """The metric of each sample alone; none where it counts nothing of a sample, as of a text that names nothing."""
    stats = opened.stats if item.spec.name in opened.stats else matrices({item.spec.name: item}, opened.samples)
    if item.spec.name not in stats:
        return [None] * len(opened.samples)
    matrix = stats[item.spec.name]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.asarray(item.metric.score(matrix), dtype=float)
    # A sample that the metric cannot read has a row of zeros too.
    return [
        float(value) if counted and math.isfinite(value) else None
        for value, counted in zip(values.tolist(), np.any(matrix, axis=1).tolist(), strict=True)
    ]


def _limit(record: Record, item: OpenMetric, found: Sequence[Sequence[float | None]]) -> tuple[float, str]:
    """The value that parts right from wrong, and the rule in words."""
    if record.labels:
        return math.nan, "a prediction is wrong where it is not the gold one"
    name, low, high = item.spec.name, *item.spec.range
    side = "below" if item.spec.higher_is_better else "above"
    if math.isfinite(low) and math.isfinite(high):
        middle = (low + high) / 2
        return middle, f"a prediction is wrong where its {name} is {side} {middle:g}, the middle of the scale"
    known = [value for values in found for value in values if value is not None]
    middle = median(known) if known else math.nan
    return middle, f"a prediction is wrong where its {name} is {side} {middle:.4g}, the median of the samples"


def _is_wrong(record: Record, item: OpenMetric, sample: Sample, value: float | None, limit: float) -> bool:
    if record.labels or (item.reads == PREDICTION and sample.prediction == sample.gold):
        return sample.prediction != sample.gold
    if value is None:
        return False
    return value < limit if item.spec.higher_is_better else value > limit


def _order(error: Error, kind: str, item: OpenMetric) -> tuple[float, ...]:
    """The worst comes first; equal ones stay in the order of the data."""
    sure = max(
        (answer.score for answer in error.predictions if answer.wrong and answer.score is not None), default=-1.0
    )
    if kind == CONFIDENT:
        return (-sure,)
    wrong = sum(answer.wrong for answer in error.predictions)
    values = [answer.value for answer in error.predictions if answer.value is not None]
    mean = sum(values) / len(values) if values else 0.0
    return (-wrong, mean if item.spec.higher_is_better else -mean, -sure)
