"""What a run's predictions are compared with, once all of its gold cells are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from nlptasks._scoring.gold_rows import MIDDLE
from nlptasks._scoring.labels import given_golds, label_set
from nlptasks._scoring.language import said_of_script
from nlptasks._scoring.metrics import OpenMetric, counting, refused, remarks
from nlptasks._scoring.spelling import Spelling
from nlptasks._tables.columns import Binding
from nlptasks._tables.gold_samples import NO_GOLD
from nlptasks.text.display import one_line
from nlptasks.text.scripts import language_of

Pairs = Counter[tuple[str, str]]

#: Why nothing is scored where the head gives none of the gold labels: the columns do not match.
STRANGE = "their gold label is none that the head gives, nor is any other in the column"

#: Opens a task's metrics for a language.
OpenFor = Callable[[str], Mapping[str, OpenMetric]]


@dataclass(frozen=True, kw_only=True)
class AgainstGold:
    """Predictions and the gold answers beside them.

    Args:
        pairs: How often each prediction stands beside each gold answer. Labels are spelt as the column spells them, and
            one that the head lacks counts, as it does in an evaluation.
        unscored: Why predictions are compared with nothing, and how often each gold cell is the cause.
        metrics: The metrics that can score the pairs.
        notes: What is to be said of how the gold column was read, a line each.
    """

    pairs: Pairs
    unscored: Mapping[str, Counter[str]]
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
        cells: The different gold cells that are remembered; others hold no label.
        labels: The labels that the head gives; empty: it gives texts.
        metrics: The task's metrics.
        open_for: Opens them anew for the language that the references tell; ``None``: the language is known.
    """
    reading = binding.reading(cells)
    counts = counting(metrics.values())
    pairs: Pairs = Counter()
    unscored: dict[str, Counter[str]] = {}
    unknown: Counter[str] = Counter()
    known: dict[tuple[str, str], str] = {}
    notes: list[str] = []
    for (prediction, cell), count in compared.items():
        try:
            gold = reading.read(cell) if cell in cells or not labels else None
        except ValueError as error:
            notes += [f"gold column '{binding.gold}': {error}"] if cell not in unknown else []
            gold = None
        if gold is None or counts(gold) is False:
            unknown[cell] += count
        else:
            known[prediction, cell] = gold
    if unknown:
        unscored[NO_GOLD] = unknown
    spelt = Spelling(label_set(known.values()) if labels else ())
    given = given_golds(known.values(), labels) if labels else frozenset()
    for (prediction, cell), gold in known.items():
        count = compared[prediction, cell]
        reason = _left_out(gold, given, rated=reading.rated) if labels else ""
        if reason:
            unscored.setdefault(reason, Counter())[cell] += count
        else:
            pairs[spelt.of(prediction), gold] += count
    if not labels and pairs:
        metrics, said = _scorable(metrics, [gold for _, gold in pairs], open_for)
        notes += said
    return AgainstGold(pairs=pairs, unscored=unscored, metrics=metrics, notes=(*reading.notes, *notes))


def _left_out(gold: str, given: Collection[str], *, rated: bool) -> str:
    """Why a gold label is not scored; empty: it is. ``given`` are those of the column that the head can give."""
    if not given:
        return STRANGE
    return MIDDLE if rated and gold not in given else ""


def _scorable(
    metrics: Mapping[str, OpenMetric], golds: Sequence[str], open_for: OpenFor | None
) -> tuple[Mapping[str, OpenMetric], list[str]]:
    """The metrics that find something to count in every reference, in the language of these."""
    notes: list[str] = []
    if open_for is not None and any(item.spec.by_language for item in metrics.values()):
        found = language_of(golds)
        notes += said_of_script(golds, found)
        if found:
            metrics = open_for(found)
    without = refused(metrics.values(), golds)
    notes += [
        f"{name} is not scored: the reference {one_line(gold, 40)!r} cannot be: {reason}"
        for name, (gold, reason) in without.items()
    ]
    scorable = {name: item for name, item in metrics.items() if item.spec.name not in without}
    return scorable, [*notes, *remarks(scorable.values(), golds)]
