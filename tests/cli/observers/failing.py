"""An observer that fails at every chance it gets."""

from __future__ import annotations

from nlptasks.plugin import hookimpl
from nlptasks.plugin.events import BatchFinished, RunFinished


@hookimpl
def nlptasks_batch_finished(event: BatchFinished) -> None:
    raise OSError("the dashboard is away")


@hookimpl
def nlptasks_run_finished(event: RunFinished) -> None:
    raise OSError("the dashboard is still away")
