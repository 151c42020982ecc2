"""What a task's counts come to at the end of a run: scores against the gold column, and what could not be scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks._running.checks import prediction_type
from nlptasks._running.tally import OTHER, Tally
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.metrics import OpenMetric, open_metrics
from nlptasks._systems.system import LoadedHead
from nlptasks._tables.columns import Binding
from nlptasks.plugin import LIKELIHOOD
from nlptasks.plugin.protocols import Baseline, Example
from nlptasks.records.report import TaskReport

if TYPE_CHECKING:
    from nlptasks.statistics.scoring import Score

#: Distinct gold cells that a reason quotes.
_QUOTED = 3


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Reports of one task.

    Args:
        registry: What is installed.
        head: The task and its head.
        binding: Its columns.
        columns: Its output columns.
    """

    registry: Registry
    head: LoadedHead
    binding: Binding
    columns: tuple[str, ...]

    def metrics(self, labels: tuple[str, ...]) -> dict[str, OpenMetric]:
        """The task's metrics that are installed, where there is a gold column, for a closed set of labels."""
        names = self.head.task.metrics if self.binding.gold else ()
        return open_metrics(self.registry, names, labels=labels, task=self.head.task.name)

    def report(self, tally: Tally) -> TaskReport:
        """The counts with their scores."""
        scored = "_score" in prediction_type(self.head.task).suffixes
        pairs, unknown = self._gold(tally)
        return TaskReport(
            task=self.head.task.name,
            head=self.head.name,
            columns=self.columns,
            answered=tally.predicted,
            labels=dict(tally.labels),
            confidence=tally.confidence if scored else None,
            gold=self.binding.gold,
            scores=self._scores(pairs, tally),
            confusion=dict(pairs) if tally.closed else {},
            unscored=_unscored(tally, unknown),
        )

    def _gold(self, tally: Tally) -> tuple[Counter[tuple[str, str]], Counter[str]]:
        """Pairs of prediction and gold answer, and the cells that hold none that the head could predict.

        What a cell means is only clear when all of them are known: ``1`` beside ``0``, or ``1`` beside ``5``.
        """
        known = {label.casefold(): label for label in self.head.head.labels}
        cells = tally.cells
        pairs: Counter[tuple[str, str]] = Counter()
        unknown: Counter[str] = Counter()
        for (prediction, cell), count in tally.pairs.items():
            gold = self.binding.gold_answer(cell, cells)
            if gold is not None and known:
                gold = known.get(gold.casefold())
            if gold is None:
                unknown[cell] += count
            else:
                pairs[prediction, gold] += count
        return pairs, unknown

    def _scores(self, pairs: Counter[tuple[str, str]], tally: Tally) -> tuple[Score, ...]:
        if not pairs:
            return ()
        from nlptasks.statistics.scoring import (  # SciPy: imported only where there is something to score
            gold_counts,
            score_pairs,
        )

        golds = gold_counts(pairs)
        metrics = self.metrics(label_set(golds) if tally.closed else ())
        # With labels, the baseline depends on the gold answers only; otherwise it would need the rows again.
        baseline = self._baseline(golds) if tally.closed else None
        read = {name: tally.nats if item.reads == LIKELIHOOD else pairs for name, item in metrics.items()}
        return tuple(
            score_pairs(name, item.metric, read[name], baseline=baseline)
            for name, item in metrics.items()
            if read[name]
        )

    def _baseline(self, golds: Mapping[str, int]) -> Counter[tuple[str, str]]:
        """Pairs of the trivial baseline's one prediction and each gold answer."""
        make: Baseline = resolve(self.head.task.baseline)
        prediction = make(golds)(Example({})).answer
        return Counter({(prediction, gold): count for gold, count in golds.items()})


def _unscored(tally: Tally, unknown: Counter[str]) -> dict[str, int]:
    reasons = {"no gold answer": tally.without_gold} if tally.without_gold else {}
    if unknown:
        shown = [repr(cell[:40]) for cell, _ in unknown.most_common(_QUOTED) if cell != OTHER]
        more = ", ..." if len(unknown) > _QUOTED else ""
        reasons[f"gold answer that this head cannot give: {', '.join(shown)}{more}"] = unknown.total()
    return reasons
