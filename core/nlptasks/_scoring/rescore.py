"""Scores samples anew with the metrics that are installed, and says what came out otherwise than a record has it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import owners_of_metrics
from nlptasks._scoring.results import base_signature
from nlptasks._scoring.score import Scored, score_samples
from nlptasks.errors import NlptasksError
from nlptasks.records.schema import METRIC, Record, Result
from nlptasks.records.store import StoredRecord

#: Differences up to this are rounding.
TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class MetricChange:
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
        if self.old is None or self.new is None:
            return False
        return base_signature(self.old.signature) == base_signature(self.new.signature)

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


def rescore(opened: StoredRecord, registry: Registry, more: Sequence[str] = ()) -> tuple[list[MetricChange], Scored]:
    """Score the samples of a record anew.

    Args:
        opened: The record.
        registry: What is installed.
        more: Metrics to score with beside those that the record has.

    Raises:
        NlptasksError: It has no samples.
    """
    record = opened.record
    if record.withheld and not record.labels:
        raise NlptasksError(
            f"{opened.folder}: the texts of its data are withheld, so that it cannot be scored anew",
            hint=f"evaluate again where the data are: {' '.join(record.run.argv)}",
        )
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
        task_name=record.task,
    )
    # The baseline belongs to the data and not to the answers: what the record says of it holds.
    scores = {
        name: replace(new, baseline=record.scores[name].baseline) if name in record.scores else new
        for name, new in scored.scores.items()
    }
    changes = [MetricChange(metric=name, old=record.scores.get(name), new=scores.get(name)) for name in names]
    return changes, replace(scored, scores=scores)


def rescored(record: Record, changes: Sequence[MetricChange], scored: Scored, registry: Registry) -> Record:
    """The record with its new scores and the versions of their metrics; slices of scores that changed are dropped.

    Raises:
        NlptasksError: None of the metrics can be scored.
    """
    if not scored.scores:
        raise NlptasksError("none of the metrics is installed", hint="see 'nlptasks metrics list'")
    steady = all(change.comparable and not change.differs for change in changes)
    primary = record.primary if record.primary in scored.scores else next(iter(scored.scores))
    slices = record.slices if steady else {}
    others = {role: owner for role, owner in record.run.plugins.items() if not role.startswith(METRIC)}
    run = replace(record.run, plugins=others | owners_of_metrics(registry, scored.scores, record.task))
    return replace(record, run=run, scores=scored.scores, primary=primary, slices=slices, digests={})
