"""What a task's counts come to at the end of a run: scores against the gold column, and what could not be scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks._running.checks import prediction_type
from nlptasks._running.foreign import languages_in
from nlptasks._running.tally import OTHER, Tally
from nlptasks._scoring.labels import label_set
from nlptasks._systems.readers import reader_for
from nlptasks._systems.system import LoadedHead
from nlptasks._tables.columns import Binding
from nlptasks.plugin import LIKELIHOOD
from nlptasks.plugin.labels import LabelMatcher
from nlptasks.plugin.protocols import Baseline, Example
from nlptasks.records.report import TaskReport

if TYPE_CHECKING:
    from nlptasks._scoring.against_gold import AgainstGold
    from nlptasks._scoring.metrics import OpenMetric
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
        language: ISO 639-1 code of the language of the predictions; empty: the references tell it.
    """

    registry: Registry
    head: LoadedHead
    binding: Binding
    columns: tuple[str, ...]
    language: str = ""

    def metrics(self, labels: tuple[str, ...] = (), language: str = "") -> dict[str, OpenMetric]:
        """The task's metrics that are installed, where there is a gold column, for a closed set of labels."""
        task = self.head.task
        names = task.metrics if self.binding.gold else ()
        if not names:
            return {}
        from nlptasks._scoring.metrics import open_metrics  # with all that a record is checked by

        return open_metrics(self.registry, names, labels=labels, language=language or self.language, task=task.name)

    def report(self, tally: Tally) -> tuple[TaskReport, tuple[str, ...]]:
        """The counts with their scores, and what is to be said of how the gold column was read."""
        scored = "_score" in prediction_type(self.head.task).suffixes
        found = self._against_gold(tally) if self.binding.gold else None
        report = TaskReport(
            task=self.head.task.name,
            head=self.head.name,
            columns=self.columns,
            predicted=tally.predicted,
            foreign=dict(tally.foreign.why.most_common()),
            foreign_rows=tally.foreign.named,
            reader=self._reader(tally),
            labels=dict(tally.labels),
            confidence=tally.confidence if scored else None,
            gold=self.binding.gold,
            scores=self._scores(found, tally) if found else (),
            confusion=_as_given(found.pairs, self.head.head.labels) if found and tally.closed else {},
            unscored=_unscored(tally, found.unscored if found else {}),
        )
        return report, found.notes if found else ()

    def _reader(self, tally: Tally) -> str:
        if not tally.foreign.why:
            return ""
        return reader_for(self.registry, self.head.task, self.head.languages, languages_in(tally.foreign.why))

    def _against_gold(self, tally: Tally) -> AgainstGold:
        from nlptasks._scoring.against_gold import against_gold

        return against_gold(
            self.binding,
            tally.pairs,
            cells=tally.cells,
            labels=self.head.head.labels,
            metrics=self.metrics(),
            open_for=None if self.language else lambda code: self.metrics(language=code),
        )

    def _scores(self, found: AgainstGold, tally: Tally) -> tuple[Score, ...]:
        pairs = found.pairs
        if not pairs:
            return ()
        from nlptasks.statistics.scoring import (  # SciPy: imported only where there is something to score
            gold_counts,
            score_pairs,
        )

        golds = gold_counts(pairs)
        metrics = self.metrics(label_set(golds)) if tally.closed else found.metrics
        # With labels, the baseline depends on the gold answers only; otherwise it would need the rows again.
        baseline = self._baseline(golds) if tally.closed else None
        read = {name: tally.nll if item.reads == LIKELIHOOD else pairs for name, item in metrics.items()}
        return tuple(
            score_pairs(name, item.metric, read[name], baseline=baseline, scale=item.spec.range)
            for name, item in metrics.items()
            if read[name]
        )

    def _baseline(self, golds: Mapping[str, int]) -> Counter[tuple[str, str]]:
        """Pairs of the trivial baseline's one prediction and each gold answer."""
        make: Baseline = resolve(self.head.task.baseline)
        prediction = make(golds)(Example({})).canonical
        return Counter({(prediction, gold): count for gold, count in golds.items()})


def _as_given(pairs: Mapping[tuple[str, str], int], labels: Sequence[str]) -> dict[tuple[str, str], int]:
    """The pairs with labels as the head spells them, but where two gold labels would become one."""
    matcher = LabelMatcher(labels)
    names = {label: matcher.of(label) for pair in pairs for label in pair}
    if len(set(names.values())) < len(names):
        return dict(pairs)
    return {(names[prediction], names[gold]): count for (prediction, gold), count in pairs.items()}


def _unscored(tally: Tally, unscored: Mapping[str, Counter[str]]) -> dict[str, int]:
    reasons = {"no gold answer": tally.without_gold} if tally.without_gold else {}
    for reason, cells in unscored.items():
        shown = [repr(cell[:40]) for cell, _ in cells.most_common(_QUOTED) if cell != OTHER]
        more = ", ..." if len(cells) > _QUOTED else ""
        reasons[f"{reason}: {', '.join(shown)}{more}"] = cells.total()
    return reasons
