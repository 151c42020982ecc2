"""Counts what a task's answers look like and how they compare with the gold ones, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nlptasks._columns import Binding
from nlptasks._names import resolve
from nlptasks._registry import Registry
from nlptasks._session import OpenTask
from nlptasks.contracts import Baseline, Example, Metric, Prediction, Row
from nlptasks.errors import UsageError
from nlptasks.plugin import MetricSpec, TaskSpec
from nlptasks.report import TaskReport

if TYPE_CHECKING:
    from nlptasks.scoring import Score

#: Distinct gold cells that a reason quotes.
_QUOTED = 3


@dataclass
class Tally:
    """The running counts of one task.

    Args:
        opened: The task and its head.
        binding: Its columns.
        columns: Its output columns.
    """

    opened: OpenTask
    binding: Binding
    columns: tuple[str, ...]
    answered: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    without_gold: int = 0
    unknown_gold: Counter[str] = field(default_factory=Counter)
    _scores: float = 0.0

    def __post_init__(self) -> None:
        self._known = {label.casefold(): label for label in self.opened.head.labels}

    def add(self, rows: Sequence[Row], examples: Sequence[Example], answers: Sequence[Prediction | None]) -> None:
        """Count a block of rows."""
        for row, example, prediction in zip(rows, examples, answers, strict=True):
            if prediction is not None:
                self._count(row, example, prediction)

    def _count(self, row: Row, example: Example, prediction: Prediction) -> None:
        self.answered += 1
        self._scores += getattr(prediction, "score", 0.0)
        answer = prediction.answer
        if self._known:
            self.labels[answer] += 1
        if not self.binding.gold:
            return
        if not self.binding.has_gold(row):
            self.without_gold += 1
            return
        gold = self._gold(example.gold)
        if gold is None:
            cell = str(row.cells[self.binding.gold_at])[:40]
            if cell in self.unknown_gold or len(self.unknown_gold) < 1_000:
                self.unknown_gold[cell] += 1
            else:
                self.unknown_gold[""] += 1  # too many different ones to keep: the count is what matters
        else:
            self.pairs[answer, gold] += 1

    def _gold(self, gold: str | None) -> str | None:
        """The gold answer as the head writes it; ``None`` where the head could never give it."""
        if gold is None or not self._known:
            return gold
        return self._known.get(gold.casefold())

    def report(self, registry: Registry) -> TaskReport:
        """The counts with their scores."""
        scored = "_score" in prediction_type(self.opened.task).suffixes
        return TaskReport(
            task=self.opened.task.name,
            head=self.opened.name,
            columns=self.columns,
            answered=self.answered,
            labels=dict(self.labels),
            confidence=self._scores / self.answered if scored and self.answered else None,
            gold=self.binding.gold,
            scores=self._scored(registry),
            confusion=dict(self.pairs) if self._known else {},
            unscored=self._unscored(),
        )

    def _scored(self, registry: Registry) -> tuple[Score, ...]:
        if not self.pairs:
            return ()
        from nlptasks.scoring import score_pairs  # SciPy is only worth its import where there is something to score

        metrics = _metrics(registry, self.opened.task, self.opened.head.labels)
        baseline = self._baseline()
        return tuple(score_pairs(name, metric, self.pairs, baseline=baseline) for name, metric in metrics.items())

    def _baseline(self) -> Counter[tuple[str, str]] | None:
        """The baseline's pairs, for tasks with labels: there its answer depends on the gold answers only."""
        if not self._known:
            return None
        golds: Counter[str] = Counter()
        for (_, gold), count in self.pairs.items():
            golds[gold] += count
        make: Baseline = resolve(self.opened.task.baseline)
        answer = make(golds)(Example({})).answer
        return Counter({(answer, gold): count for gold, count in golds.items()})

    def _unscored(self) -> dict[str, int]:
        reasons = {"no gold answer": self.without_gold} if self.without_gold else {}
        if self.unknown_gold:
            shown = [repr(cell) for cell, _ in self.unknown_gold.most_common(_QUOTED) if cell]
            more = ", ..." if len(self.unknown_gold) > _QUOTED else ""
            reasons[f"gold answer that this head cannot give: {', '.join(shown)}{more}"] = self.unknown_gold.total()
        return reasons


def prediction_type(task: TaskSpec) -> type[Prediction]:
    """The class of a task's predictions, which knows the output columns."""
    found: type[Prediction] = resolve(task.prediction)
    return found


def _metrics(registry: Registry, task: TaskSpec, labels: tuple[str, ...]) -> dict[str, Metric]:
    """The task's metrics that are installed; a missing metrics plugin costs scores and never a run."""
    found: dict[str, Metric] = {}
    for name in task.metrics:
        try:
            spec = registry.get(MetricSpec, name).spec
        except UsageError:
            continue
        make: Callable[[tuple[str, ...]], Metric] = resolve(spec.object)
        found[name] = make(labels)
    return found
