"""What a person sees of a training: a bar that moves where a terminal is there, and lines in any case."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class TrainingDisplay:
    """Where a training shows itself.

    Args:
        line: Prints a line.
        advance: Shows how many tokens of how many are done.
    """

    line: Callable[[str], None]
    advance: Callable[[int, int], None]


@contextmanager
def shown() -> Iterator[TrainingDisplay]:
    """Lines on standard error, and a bar below them where that is a terminal."""
    if not sys.stderr.isatty():
        yield TrainingDisplay(lambda line: click.echo(line, err=True), lambda done, total: None)  # noqa: ARG005
        return
    # Imported only where it is shown.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} tokens", markup=False),
        TextColumn("{task.fields[speed]:,.0f} tokens/s", markup=False),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("training", visible=False, start=False, speed=0.0)
    first: list[tuple[float, int]] = []

    def advance(done: int, total: int) -> None:
        if not first:
            first.append((time.monotonic(), done))
            bar.start_task(task)
        seconds = time.monotonic() - first[0][0]
        speed = (done - first[0][1]) / seconds if seconds else 0.0
        bar.update(task, completed=done, total=total, visible=True, speed=speed)

    with bar:
        yield TrainingDisplay(lambda line: bar.console.print(line, markup=False, highlight=False), advance)
