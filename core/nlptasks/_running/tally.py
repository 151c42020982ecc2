"""Counts what a task's answers look like and how they compare with the gold ones, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nlptasks._names import resolve
from nlptasks._running.predict import likelihoods
from nlptasks._scoring.against_gold import OpenFor, against_gold
from nlptasks._scoring.metrics import OpenMetric
from nlptasks._systems.session import OpenTask
from nlptasks._tables.columns import REMEMBERED, Binding
from nlptasks.plugin import LIKELIHOOD, TaskSpec
from nlptasks.plugin.protocols import Baseline, Example, Prediction, Row
from nlptasks.records.report import TaskReport

if TYPE_CHECKING:
    from nlptasks.statistics.scoring import Score

#: Distinct gold cells that a reason quotes.
_QUOTED = 3

#: Stands for the gold cells of a task with labels that are too many to remember.
_OTHER = "\0"


@dataclass
class Tally:
    """The running counts of one task.

    Args:
        opened: The task and its head.
        binding: Its columns.
        columns: Its output columns.
        metrics: The task's metrics that are installed, in its order.
        open_for: Opens them for the language that the references tell; ``None``: the language is known.
        notes: What the report says of the gold column.
    """

    opened: OpenTask
    binding: Binding
    columns: tuple[str, ...]
    metrics: Mapping[str, OpenMetric] = field(default_factory=dict)
    open_for: OpenFor | None = None
    notes: tuple[str, ...] = ()
    answered: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    likely: Counter[tuple[str, str]] = field(default_factory=Counter)
    without_gold: int = 0
    _cells: set[str] = field(default_factory=set)
    _scores: float = 0.0

    def add(self, rows: Sequence[Row], answers: Sequence[Prediction | None]) -> None:
        """Count a block of rows."""
        for row, prediction in zip(rows, answers, strict=True):
            if prediction is not None:
                self._count(row, prediction)

    def add_likelihoods(
        self, rows: Sequence[Row], examples: Sequence[Example], answers: Sequence[Prediction | None]
    ) -> None:
        """Ask the head how probable the gold texts of a block are, where a metric reads that and the head can tell."""
        if not (self.binding.gold and any(metric.reads == LIKELIHOOD for metric in self.metrics.values())):
            return
        # The text as it stands in the table: a language model also expects the space before a continuation.
        texts = [self.binding.gold_text(row) for row in rows]
        asked = [at for at, text in enumerate(texts) if text.strip() and answers[at] is not None]
        nats = likelihoods(self.opened, [examples[at] for at in asked], [texts[at] for at in asked])
        if nats is not None:
            self.likely.update(zip(map(repr, nats), (texts[at] for at in asked), strict=True))

    def _count(self, row: Row, prediction: Prediction) -> None:
        self.answered += 1
        self._scores += getattr(prediction, "score", 0.0)
        answer = prediction.answer
        if self.opened.head.labels:
            self.labels[answer] += 1
        if not self.binding.gold:
            return
        cell = self.binding.gold_cell(row)
        if not cell:
            self.without_gold += 1
            return
        if len(self._cells) < REMEMBERED:
            self._cells.add(cell)
        elif self.opened.head.labels and cell not in self._cells:
            cell = _OTHER  # no column of labels holds so many different ones
        self.compared[answer, cell] += 1

    def report(self) -> TaskReport:
        """The counts with their scores."""
        scored = "_score" in prediction_type(self.opened.task).suffixes
        found = against_gold(
            self.binding,
            self.compared,
            cells=self._cells,
            labels=self.opened.head.labels,
            metrics=self.metrics,
            open_for=self.open_for,
        )
        self.metrics, pairs, unknown = found.metrics, found.pairs, found.unknown
        self.notes = found.notes if self.binding.gold else ()
        return TaskReport(
            task=self.opened.task.name,
            head=self.opened.name,
            columns=self.columns,
            answered=self.answered,
            labels=dict(self.labels),
            confidence=self._scores / self.answered if scored and self.answered else None,
            gold=self.binding.gold,
            scores=self._scored(pairs),
            confusion=dict(pairs) if self.opened.head.labels else {},
            unscored=self._unscored(unknown),
        )

    def _scored(self, pairs: Counter[tuple[str, str]]) -> tuple[Score, ...]:
        if not pairs:
            return ()
        from nlptasks.statistics.scoring import (  # SciPy: imported only where there is something to score
            gold_counts,
            score_pairs,
        )

        # With labels, the baseline's answer depends on the gold answers only; otherwise it would need the rows again.
        baseline = self._baseline(gold_counts(pairs)) if self.opened.head.labels else None
        read = {name: self.likely if item.reads == LIKELIHOOD else pairs for name, item in self.metrics.items()}
        return tuple(
            score_pairs(name, item.metric, read[name], baseline=baseline)
            for name, item in self.metrics.items()
            if read[name]
        )

    def _baseline(self, golds: Counter[str]) -> Counter[tuple[str, str]]:
        """Pairs of the trivial baseline's one answer and each gold answer."""
        make: Baseline = resolve(self.opened.task.baseline)
        answer = make(golds)(Example({})).answer
        return Counter({(answer, gold): count for gold, count in golds.items()})

    def _unscored(self, unknown: Counter[str]) -> dict[str, int]:
        reasons = {"no gold answer": self.without_gold} if self.without_gold else {}
        if unknown:
            shown = [repr(cell[:40]) for cell, _ in unknown.most_common(_QUOTED) if cell != _OTHER]
            more = ", ..." if len(unknown) > _QUOTED else ""
            reasons[f"gold answer that this head cannot give: {', '.join(shown)}{more}"] = unknown.total()
        return reasons


def prediction_type(task: TaskSpec) -> type[Prediction]:
    """The class of a task's predictions, which knows the output columns."""
    found: type[Prediction] = resolve(task.prediction)
    return found
