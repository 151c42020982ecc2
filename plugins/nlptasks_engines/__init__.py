"""The plugin ``engines``: predicts in this process, in several of this machine, or in those of a Ray cluster."""

from __future__ import annotations

from nlptasks.plugin import EngineSpec, hookimpl
from nlptasks_engines.options import RayOptions

__all__ = ["nlptasks_engines"]


@hookimpl
def nlptasks_engines() -> list[EngineSpec]:
    """The engines of this plugin."""
    return [
        EngineSpec(
            name="local",
            summary="This process; with --workers N, N processes of this machine.",
            object="nlptasks_engines.processes:open_processes",
        ),
        EngineSpec(
            name="ray",
            summary="Actors of Ray: on this machine, or on the cluster at --address.",
            object="nlptasks_engines.actors:open_actors",
            options=RayOptions,
            extra="ray",
        ),
    ]
