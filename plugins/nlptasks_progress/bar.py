"""The bar itself, shown by rich on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from nlptasks.plugin.events import BatchFinished, RunStarted


class ProgressBar:
    """Proportion of the file, rows, rows per second and the time left.

    Bytes tell how far a run is where nobody knows the number of rows of a file before its end. Where even the size is
    not known (a pipe), the bar only moves.
    """

    def __init__(self, event: RunStarted) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows", markup=False),
            TextColumn("{task.fields[rate]:,.0f} rows/s", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._by_rows = event.rows is not None
        total = event.rows if self._by_rows else event.bytes
        self._task = self._progress.add_task(", ".join(event.tasks), total=total, rows=0, rate=0.0)
        self._progress.start()

    def update(self, event: BatchFinished) -> None:
        """Show the totals of a batch."""
        rate = event.rows / event.seconds if event.seconds else 0.0
        done = event.rows if self._by_rows else event.bytes_read
        self._progress.update(self._task, completed=done, rows=event.rows, rate=rate)

    def close(self) -> None:
        """Take the bar off the terminal."""
        self._progress.stop()
