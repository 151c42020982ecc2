"""A progress bar on the terminal: an observer like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlptasks.plugin import hookimpl

if TYPE_CHECKING:
    from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted

    from .bar import ProgressBar


class ProgressObserver:
    """Shows a bar while a person is watching a run."""

    def __init__(self) -> None:
        self._bar: ProgressBar | None = None

    @hookimpl
    def nlptasks_run_started(self, event: RunStarted) -> None:
        if event.interactive and event.work == "predict":  # a training shows itself, in tokens
            from .bar import ProgressBar  # rich is imported only where it is shown

            self._bar = ProgressBar(event)

    @hookimpl
    def nlptasks_batch_finished(self, event: BatchFinished) -> None:
        if self._bar:
            self._bar.update(event)

    @hookimpl
    def nlptasks_run_finished(self, event: RunFinished) -> None:
        self._close()

    @hookimpl
    def nlptasks_run_failed(self, event: RunFailed) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar:
            self._bar.close()
            self._bar = None


#: What the entry point names: hooks that share a bar need an object to keep it in.
OBSERVER = ProgressObserver()
