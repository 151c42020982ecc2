"""The end of a run, as a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from nlptasks.records.report import RunReport, TaskReport
from nlptasks.text.display import counted, foreign_texts, not_read, one_line, read_by, rows_named

if TYPE_CHECKING:
    from nlptasks.statistics.scoring import Score

#: Labels and cells that are shown at most.
_LABELS, _CONFUSION = 12, 8

_BAR = 20

#: Seconds below which no rate is shown.
_MOMENT = 0.5


def summary(report: RunReport) -> str:
    """A few lines on what a run did. Names and labels come from the data, so they are escaped."""
    return "\n".join(_lines(report))


def _lines(report: RunReport) -> Iterator[str]:
    # A rate over a moment says nothing.
    rate = f" ({report.rows / report.seconds:,.0f} rows/s)" if report.seconds >= _MOMENT else ""
    yield f"{counted(report.rows, 'row')} in {report.seconds:.1f} s{rate} -> {one_line(report.output)}"
    for note in report.notes:
        yield f"  {one_line(note)}"
    for task in report.tasks:
        yield from _task(task)
    for reason, count in report.skipped.items():
        yield f"  {counted(count, 'row')} skipped: {reason}"
    for row in report.bad_rows:
        yield f"    {one_line(row)}"
    if report.long:
        yield f"  {counted(report.long, 'long text')} read in several windows; {report.cut:,} cut"
    elif report.cut:
        yield f"  {counted(report.cut, 'text')} cut: the head read a part of it"


def _task(task: TaskReport) -> Iterator[str]:
    confidence = "" if task.confidence is None else f", mean confidence {task.confidence:.2f}"
    yield f"{task.task} (head {one_line(task.head)}): {counted(task.predicted, 'prediction')}{confidence}"
    if task.foreign:
        number = sum(task.foreign.values())
        named = rows_named("line", task.foreign_rows, number)
        yield f"  {not_read(number, task.predicted)}: {foreign_texts(task.foreign)}; {named}"
        if task.reader:
            yield f"  {read_by(task.reader)}"
    yield from _proportions(task.labels)
    if not task.gold:
        return
    for score in task.scores:
        yield f"  {_score(score)}"
    if not task.scores:
        yield f"  no row could be scored against the column '{one_line(task.gold)}'"
    for reason, count in task.unscored.items():
        yield f"  {counted(count, 'row')} not scored: {one_line(reason)}"
    if task.confusion:
        yield from _confusion(task)


def _proportions(labels: Mapping[str, int]) -> Iterator[str]:
    total = sum(labels.values())
    ordered = sorted(labels.items(), key=lambda item: (-item[1], item[0]))
    width = max((len(one_line(label)) for label, _ in ordered[:_LABELS]), default=0)
    for label, count in ordered[:_LABELS]:
        bar = "#" * round(_BAR * count / total)
        yield f"  {one_line(label):<{width}}  {count / total:6.1%}  {count:>{len(f'{total:,}')},}  {bar}".rstrip()
    if len(ordered) > _LABELS:
        rest = sum(count for _, count in ordered[_LABELS:])
        yield f"  and {len(ordered) - _LABELS} more labels: {rest / total:.1%}"


def _score(score: Score) -> str:
    if math.isnan(score.value):
        return f"{score.metric} not defined  n={score.n:,}"
    from nlptasks.statistics.intervals import reason  # SciPy: imported only where there is a score

    baseline = "" if score.baseline is None else f"; trivial baseline {score.baseline:.3f}"
    why = reason(score.signature)
    few = "; few rows: the interval is wide" if score.n < 30 and not why else ""
    interval = f"  [no interval: {why}]" if why else f"  [95 % {score.low:.3f} to {score.high:.3f}]"
    return f"{score.metric} {score.value:.3f}{interval}  n={score.n:,}{baseline}{few}"


def _confusion(task: TaskReport) -> Iterator[str]:
    """A table for few labels, the most frequent mistakes for many."""
    labels = sorted({label for pair in task.confusion for label in pair})
    if len(labels) <= _CONFUSION:
        cells = [[f"{task.confusion.get((predicted, gold), 0):,}" for predicted in labels] for gold in labels]
        heads = [one_line(label, 16) for label in labels]
        yield f"  column '{one_line(task.gold)}' down, predictions across:"
        yield from _table([["", *heads], *([head, *row] for head, row in zip(heads, cells, strict=True))])
        return
    mistakes = [(pair, count) for pair, count in task.confusion.items() if pair[0] != pair[1]]
    yield "  most frequent mistakes:"
    for (predicted, gold), count in sorted(mistakes, key=lambda item: (-item[1], item[0]))[:5]:
        yield f"    {one_line(gold)} predicted as {one_line(predicted)}: {count:,}"


def _table(rows: list[list[str]]) -> Iterable[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        first, *rest = (
            f"{cell:<{width}}" if at == 0 else f"{cell:>{width}}"
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "    " + "  ".join([first, *rest])
