"""Loads what was chosen: the backbone once, and the heads on it."""

from __future__ import annotations

from typing import Any

from nlptasks._names import resolve
from nlptasks._systems.blame import blame
from nlptasks._systems.forks import survive_forks
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.system import ChosenHead, LoadedHead, LoadedSystem, System
from nlptasks.errors import NlptasksError
from nlptasks.plugin.protocols import HeadContext


def load_system(system: System, pool: BackbonePool) -> LoadedSystem:
    """Load the backbone, unless the pool has it, and the heads on it.

    Raises:
        NlptasksError: Weights are missing or damaged, or belong to another backbone.
    """
    backbone: Any = None
    if system.backbone is not None:
        with blame(f"the backbone {system.backbone.qualified}"):
            backbone = pool.get(system.backbone.spec, system.context())
    fingerprint = "" if backbone is None else backbone.fingerprint()
    heads = tuple(load_head(item, backbone) for item in system.heads)
    survive_forks()
    return LoadedSystem(heads=heads, backbone=backbone, fingerprint=fingerprint)


def load_head(chosen: ChosenHead, backbone: Any) -> LoadedHead:
    """Load a head on a loaded backbone.

    Raises:
        NlptasksError: Its weights are missing or damaged, or belong to another backbone.
    """
    factory = resolve(chosen.head.spec.object)
    if not callable(factory):
        raise NlptasksError(f"{chosen.head.qualified}: {chosen.head.spec.object} is not callable")
    context = HeadContext(
        task=chosen.task,
        backbone=backbone if chosen.head.spec.needs else None,
        options=chosen.options,
        weights=chosen.weights,
    )
    with blame(f"the head {chosen.head.qualified}"):
        head = factory(context)
    return LoadedHead(task=chosen.task, name=chosen.head.qualified, head=head)
