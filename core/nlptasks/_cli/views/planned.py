"""What a run would do, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlptasks.text.display import counted, one_line

if TYPE_CHECKING:
    from nlptasks._running.trial.plan import Plan

#: Files that are listed.
_FILES = 10

#: Seconds of a minute and of an hour, and how many of each are told in the smaller unit.
_MINUTE, _HOUR, _FEW = 60, 3_600, 2


def planned(plan: Plan) -> str:
    """A few lines on what would be read and written. Names come from the data, so they are escaped."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    size = f", {plan.bytes:,} bytes" if plan.bytes is not None else ""
    yield f"would read {one_line(plan.source)}: {counted(len(plan.files), 'file')}{size}"
    if len(plan.files) > 1:
        yield from (f"  {one_line(name)}" for name in plan.files[:_FILES])
        if len(plan.files) > _FILES:
            yield f"  and {len(plan.files) - _FILES:,} more"
    for note in plan.notes:
        yield f"  {one_line(note)}"
    yield f"  columns: {one_line(', '.join(plan.columns))}"
    for task in plan.tasks:
        backbone = f" on {plan.backbone}" if plan.backbone else ""
        yield f"would predict {task.task} (head {one_line(task.head)}{backbone}): reads {one_line(task.reads)}"
    writes = [*plan.keeps, *(name for task in plan.tasks for name in task.writes)]
    yield f"would write {one_line(plan.output)}: {one_line(', '.join(writes))}"
    yield f"{_time(plan)}; nothing was written"


def _time(plan: Plan) -> str:
    first = f"{counted(plan.first, 'row')} took {plan.first_seconds:.2f} s, loading {plan.loading:.1f} s"
    if plan.rows is None or plan.seconds is None:
        return f"how many rows there are cannot be told beforehand ({first})"
    about = "" if plan.exact else "about "
    return f"{about}{counted(plan.rows, 'row')}, about {_duration(plan.seconds)} ({first})"


def _duration(seconds: float) -> str:
    if seconds < _FEW * _MINUTE:
        return f"{seconds:.0f} s" if seconds >= 1 else "1 s"
    return f"{seconds / _MINUTE:.0f} minutes" if seconds < _FEW * _HOUR else f"{seconds / _HOUR:.0f} hours"
