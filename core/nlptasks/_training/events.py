"""Tells observers how a training goes, with the events that a run has."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from nlptasks._plugins.observers import Observers
from nlptasks.plugin.events import TRAIN, BatchFinished, Event, RunFailed, RunFinished, RunStarted
from nlptasks.text.display import one_line


@dataclass
class TrainingEvents:
    """The events of one training. Use it as a context manager, and give its :meth:`advance` to the trainer.

    Args:
        observers: Who is told; ``None``: nobody.
        show: Shows the user, too, how many tokens of how many are done.
        tasks: Names of the tasks.
        source: What it reads.
        output: Folder of what is trained.
        rows: Rows that it was trained on, set at its end where that is known.
    """

    observers: Observers | None
    show: Callable[[int, int], None]
    tasks: tuple[str, ...]
    source: str
    output: str
    rows: int = 0
    _tokens: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def __enter__(self) -> TrainingEvents:
        self._send(
            RunStarted(
                tasks=self.tasks,
                source=self.source,
                output=self.output,
                rows=None,
                bytes=None,
                interactive=sys.stderr.isatty(),
                work=TRAIN,
            )
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._send(RunFailed(rows=self.rows, error=one_line(f"{type(error).__name__}: {error}")))
            return
        outcome = {"tokens": self._tokens}
        self._send(RunFinished(rows=self.rows, seconds=self._seconds(), output=self.output, outcome=outcome))

    def advance(self, done: int, total: int) -> None:
        """Tell how many tokens of how many are trained; the number never falls."""
        self._tokens = max(self._tokens, done)
        self.show(self._tokens, total)
        self._send(
            BatchFinished(rows=0, bytes_read=0, tokens=self._tokens, seconds=self._seconds(), total_tokens=total)
        )

    def _seconds(self) -> float:
        return time.perf_counter() - self._started

    def _send(self, event: Event) -> None:
        if self.observers is not None:
            self.observers.send(event)
