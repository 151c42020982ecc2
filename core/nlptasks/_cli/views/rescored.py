"""What ``nlptasks rescore`` shows: values of a record beside those of now, and what a file of predictions scores."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nlptasks._cli.views.evaluated import shown
from nlptasks._cli.views.tables import table
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.from_file.rescore_file import FileScored
    from nlptasks._scoring.rescore import MetricChange
    from nlptasks.records.schema import Result


def changed(changes: Iterable[MetricChange]) -> str:
    """A table of the values that a record has and those that its samples give now."""
    return table(("METRIC", "RECORD", "NOW", "DIFFERENCE", "NOTE"), map(_row, changes))


def change_as_json(change: MetricChange) -> dict[str, Any]:
    """One metric of such a table."""
    from dataclasses import asdict

    return {
        "metric": change.metric,
        "record": None if change.old is None else asdict(change.old),
        "now": None if change.new is None else asdict(change.new),
        "difference": change.difference,
        "comparable": change.comparable,
        "differs": change.differs,
    }


def scored(outcome: FileScored, output: str) -> list[str]:
    """A few lines on what was scored. Names come from the data, so they are escaped."""
    record, total = outcome.record, len(outcome.samples)
    target = f" -> {one_line(output)}" if output else ""
    lines = [f"{record.task} on {one_line(record.dataset.name)}: {total:,} samples{target}"]
    lines += [f"  {one_line(note)}" for note in outcome.notes]
    if outcome.covered < total:
        lines.append(f"  coverage {outcome.covered / total:.1%}: a missing prediction counts as an empty one")
    lines.append(f"  {one_line(record.model.name)}")
    width = max(map(len, record.scores))
    lines += [f"    {name:<{width}}  {shown(result)}" for name, result in record.scores.items()]
    lines += [f"  {count:,} {flag.replace('_', ' ')}" for flag, count in record.flags.items()]
    return lines


def _row(change: MetricChange) -> tuple[str, ...]:
    old, new = (_number(result) for result in (change.old, change.new))
    difference = "" if change.difference is None else f"{change.difference:+.3g}"
    return change.metric, old, new, difference, _note(change)


def _number(result: Result | None) -> str:
    if result is None:
        return "-"
    return "not defined" if result.value is None else f"{result.value:.6f}"


def _note(change: MetricChange) -> str:
    if change.old is None:
        return "new" if change.new is not None else "can read no sample"
    if change.new is None:
        return "not installed, or can read no sample"
    if not change.comparable:
        return f"another signature: {change.old.signature} became {change.new.signature}"
    return "differs" if change.differs else ""
