"""What is installed, and the backbones that are in memory: what every command starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlptasks._plugins.loader import PluginSource
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.choosing import choose_system
from nlptasks._systems.loading import load_system
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.system import LoadedSystem, System
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec


@dataclass(frozen=True)
class Session:
    """What is installed, and the backbones that are in memory.

    Args:
        registry: What the plugins provide.
        pool: The backbones.
        plugins: By what another process finds the same plugins; ``None``: by what it finds without being told.
    """

    registry: Registry
    pool: BackbonePool = field(default_factory=BackbonePool)
    plugins: PluginSource | None = None

    def tasks(self, names: Sequence[str]) -> tuple[TaskSpec, ...]:
        """The tasks of some names or aliases.

        Raises:
            UsageError: A name is unknown, or one task is named twice.
        """
        specs = tuple(self.registry.get(TaskSpec, name).spec for name in names)
        if len({spec.name for spec in specs}) < len(specs):
            raise UsageError(f"a task is named twice: {','.join(names)}")
        return specs

    def choose(self, tasks: Sequence[TaskSpec], choice: SystemChoice, *, made: frozenset[str] = frozenset()) -> System:
        """The system for some tasks; see :func:`nlptasks._systems.choosing.choose_system`."""
        return choose_system(self.registry, tuple(tasks), choice, made)

    def load(self, system: System) -> LoadedSystem:
        """The system in memory; see :func:`nlptasks._systems.loading.load_system`."""
        return load_system(system, self.pool)
