"""What a run's predictions are compared with, once all of its gold cells are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from nlptasks._scoring.language import language_of
from nlptasks._scoring.metrics import OpenMetric, counting, refused
from nlptasks._tables.columns import Binding
from nlptasks.text.display import one_line

Pairs = Counter[tuple[str, str]]

#: Opens a task's metrics for a language.
OpenFor = Callable[[str], Mapping[str, OpenMetric]]


@dataclass(frozen=True, kw_only=True)
class AgainstGold:
    """Predictions and the gold answers beside them.

    Args:
        pairs: How often each prediction stands beside each gold answer.
        unknown: How often a cell was found that holds no gold answer the head could give, or none that counts.
        metrics: The metrics that can score the pairs.
        notes: What is to be said of how the gold column was read, a line each.
    """

    pairs: Pairs
    unknown: Counter[str]
    metrics: Mapping[str, OpenMetric]
    notes: tuple[str, ...] = ()


def against_gold(
    binding: Binding,
    compared: Mapping[tuple[str, str], int],
    *,
    cells: Collection[str],
    labels: Sequence[str],
    metrics: Mapping[str, OpenMetric],
    open_for: OpenFor | None = None,
) -> AgainstGold:
    """Read the gold cells of a run: what one means is only clear when all are known.

    A run is no evaluation: what cannot be read or scored is said, and the predictions are kept.

    Args:
        binding: The task's columns.
        compared: How often each prediction stood beside each gold cell.
        cells: The different gold cells.
        labels: The labels that the head gives; empty: it gives texts.
        metrics: The task's metrics.
        open_for: Opens them anew for the language that the references tell; ``None``: the language is known.
    """
    reading = binding.reading(cells, labels=labels)
    counts = counting(metrics.values())
    pairs: Pairs = Counter()
    unknown: Counter[str] = Counter()
    notes: list[str] = []
    for (prediction, cell), count in compared.items():
        try:
            gold = reading.read(cell)
        except ValueError as error:
            notes += [f"gold column '{binding.gold}': {error}"] if cell not in unknown else []
            gold = None
        if gold is None or counts(gold) is False:
            unknown[cell] += count
        else:
            pairs[prediction, gold] += count
    if not labels and pairs:
        metrics, said = _scorable(metrics, [gold for _, gold in pairs], open_for)
        notes += said
    return AgainstGold(pairs=pairs, unknown=unknown, metrics=metrics, notes=(*reading.notes, *notes))


def _scorable(
    metrics: Mapping[str, OpenMetric], golds: Sequence[str], open_for: OpenFor | None
) -> tuple[Mapping[str, OpenMetric], list[str]]:
    """The metrics that find something to count in every reference, in the language of these."""
    notes = []
    if open_for is not None and any(item.spec.by_language for item in metrics.values()):
        found = language_of(golds)
        if found:
            metrics = open_for(found)
            notes.append(f"language {found}, by the script of the references; --language CODE names another")
    without = refused(metrics.values(), golds)
    notes += [
        f"{name} is not scored: the reference {one_line(gold, 40)!r} cannot be: {reason}"
        for name, (gold, reason) in without.items()
    ]
    return {name: item for name, item in metrics.items() if item.spec.name not in without}, notes
