"""Every hook that a plugin can implement. Mark yours with :data:`nlptasks.plugin.hookimpl`.

Registration hooks are called once, when plugins are loaded. Observation hooks are called during a run: their events are
read-only, and an observer that fails is reported once and not called again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

from nlptasks.plugin.specs import PROJECT

if TYPE_CHECKING:  # events are for runs; a listing imports none
    from collections.abc import Iterable

    from nlptasks.plugin import (
        BackboneSpec,
        BenchmarkSpec,
        CommandSpec,
        EngineSpec,
        FormatSpec,
        HeadSpec,
        MetricSpec,
        PipelineSpec,
        TaskSpec,
    )
    from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def nlptasks_tasks() -> Iterable[TaskSpec]:  # type: ignore[empty-body]
    """Return the tasks that this plugin defines."""


@hookspec
def nlptasks_heads() -> Iterable[HeadSpec]:  # type: ignore[empty-body]
    """Return the heads that this plugin brings; their tasks may come from other plugins."""


@hookspec
def nlptasks_backbones() -> Iterable[BackboneSpec]:  # type: ignore[empty-body]
    """Return the backbones that this plugin can open."""


@hookspec
def nlptasks_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]
    """Return the metrics that this plugin computes."""


@hookspec
def nlptasks_formats() -> Iterable[FormatSpec]:  # type: ignore[empty-body]
    """Return the file formats that this plugin reads and writes."""


@hookspec
def nlptasks_pipelines() -> Iterable[PipelineSpec]:  # type: ignore[empty-body]
    """Return the pipelines that this plugin brings for :func:`nlptasks.pipeline`."""


@hookspec
def nlptasks_benchmarks() -> Iterable[BenchmarkSpec]:  # type: ignore[empty-body]
    """Return the benchmarks that this plugin brings."""


@hookspec
def nlptasks_commands() -> Iterable[CommandSpec]:  # type: ignore[empty-body]
    """Return the commands that this plugin adds to ``nlptasks``."""


@hookspec
def nlptasks_engines() -> Iterable[EngineSpec]:  # type: ignore[empty-body]
    """Return the engines that this plugin brings."""


@hookspec
def nlptasks_run_started(event: RunStarted) -> None:
    """A run is about to read its first row."""


@hookspec
def nlptasks_batch_finished(event: BatchFinished) -> None:
    """A batch is done; the event holds totals since the start."""


@hookspec
def nlptasks_run_finished(event: RunFinished) -> None:
    """A run has written its last row."""


@hookspec
def nlptasks_run_failed(event: RunFailed) -> None:
    """A run ended before its last row."""
