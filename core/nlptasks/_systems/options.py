"""Which of the options that a user gave go to which task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nlptasks._systems.system import System
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import option_fields

#: Options by name.
Options = Mapping[str, Any]


class GivenOptions:
    """The options of one command.

    One goes to all that have it: heads of any of the tasks, and the backbone. One that is called ``TASK.option`` goes
    to the head of that task alone, and comes before one without the task.
    """

    def __init__(self, tasks: Sequence[TaskSpec], options: Options) -> None:
        """Sort the options by their task.

        Args:
            tasks: The tasks of the command.
            options: The options by name, with ``-`` or ``_``; a value of ``None`` was not given.

        Raises:
            UsageError: One names a task that is none of these.
        """
        names = {name: task.name for task in tasks for name in (task.name, *task.aliases)}
        self.shared: dict[str, Any] = {}
        self._addressed: dict[str, dict[str, Any]] = {task.name: {} for task in tasks}
        for key, value in options.items():
            task, dot, option = key.rpartition(".")
            if dot and task not in names:
                raise UsageError(
                    f"the option {key!r} is for the task {task!r}, which is none of {', '.join(self._addressed)}",
                    hint=f"write {tasks[0].name}.{option}, or {option} for all tasks that have it",
                )
            if value is not None:
                (self._addressed[names[task]] if dot else self.shared)[option.replace("-", "_")] = value

    def of_task(self, task: TaskSpec, known: Iterable[str]) -> dict[str, Any]:
        """Those of a task whose heads know the options ``known``."""
        shared = {name: self.shared[name] for name in self.shared.keys() & set(known)}
        return {**shared, **self._addressed[task.name]}

    def check_used(self, system: System) -> None:
        """Refuse an option that nothing chosen has: it would be ignored in silence.

        Raises:
            UsageError: There is one.
        """
        used = frozenset().union(*(names_of_options(item.head.spec) for item in system.heads))
        if system.backbone is not None:
            used |= names_of_options(system.backbone.spec)
        for name in self.shared:
            if name not in used:
                heads = ", ".join(f"'{item.head.spec.name}'" for item in system.heads)
                backbone = f", nor of the backbone '{system.backbone.spec.name}'" if system.backbone else ""
                raise UsageError(
                    f"--{name.replace('_', '-')} is not an option of the head {heads}{backbone}",
                    hint="leave it out, or choose a head that has it with --head; see: nlptasks heads list",
                )


def names_of_options(spec: HeadSpec | BackboneSpec) -> frozenset[str]:
    """Names of the options of a head or a backbone."""
    return frozenset(field.name for field in option_fields(spec.options)) if spec.options else frozenset()
