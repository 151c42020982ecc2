"""Chooses heads and a backbone by name, checks that they fit, and only then loads weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks._matching import check_fit, choose_backbone, choose_head
from nlptasks._names import resolve
from nlptasks._pool import BackbonePool
from nlptasks._registry import Owned, Registry
from nlptasks.contracts import BackboneContext, Encoder, Head, HeadContext
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.options import from_values, option_fields
from nlptasks.plugin import BackboneSpec, HeadSpec, TaskSpec

#: What a folder of trained weights says about itself; written by ``nlptasks train``.
CARD = "head.json"


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """A task and the head that will solve it; nothing is loaded.

    Args:
        task: The task.
        head: The head.
        options: The head's options, checked.
        weights: Folder of the trained head that the user named.
    """

    task: TaskSpec
    head: Owned[HeadSpec]
    options: Any
    weights: Path | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Heads that fit one backbone, which is ``None`` where no head needs one."""

    tasks: tuple[PlannedTask, ...]
    backbone: Owned[BackboneSpec] | None


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A task with its loaded head."""

    task: TaskSpec
    name: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Loaded heads and the backbone that they share.

    Args:
        tasks: The heads, in the order of the plan.
        backbone: The backbone; ``None`` where no head needs one.
        fingerprint: Its checksum before any head saw it.
    """

    tasks: tuple[OpenTask, ...]
    backbone: Encoder | None
    fingerprint: str


@dataclass(frozen=True)
class Session:
    """What is installed, and the backbones that are open."""

    registry: Registry
    pool: BackbonePool

    def tasks(self, names: Sequence[str]) -> tuple[TaskSpec, ...]:
        """The tasks of some names or aliases.

        Raises:
            UsageError: A name is unknown, or one task is named twice.
        """
        specs = tuple(self.registry.get(TaskSpec, name).spec for name in names)
        if len({spec.name for spec in specs}) < len(specs):
            raise UsageError(f"a task is named twice: {','.join(names)}")
        return specs

    def plan(
        self, tasks: Sequence[TaskSpec], *, heads: Mapping[str, str], backbone: str, options: Mapping[str, Any]
    ) -> Plan:
        """Choose a head for each task, and the backbone.

        Args:
            tasks: The tasks.
            heads: By task, the name of a head or the folder of a trained one.
            backbone: Name of the backbone; empty: the default one that fits.
            options: Head options that the user gave; each must belong to a chosen head.

        Raises:
            UsageError: Something is unknown, ambiguous or does not fit.
        """
        given = {name: value for name, value in options.items() if value is not None}
        planned = tuple(self._planned(task, heads.get(task.name, ""), given) for task in tasks)
        _check_all_used(planned, given)
        chosen: Owned[BackboneSpec] | None = None
        for item in planned:
            if item.head.spec.needs:
                chosen = chosen or choose_backbone(self.registry, item.head.spec, backbone or None)
                if chosen is not None:
                    check_fit(item.head.spec, chosen.spec, self.registry)
        if backbone and chosen is None:
            names = ", ".join(f"'{item.head.spec.name}'" for item in planned)
            raise UsageError(f"the head {names} works without a backbone", hint="leave --backbone out")
        return Plan(tasks=planned, backbone=chosen)

    def open(self, plan: Plan, *, device: str = "auto", dtype: str = "auto") -> Opened:
        """Load the backbone, once, and the heads on it.

        Raises:
            NlptasksError: Weights are missing or damaged, or belong to another backbone.
        """
        backbone: Any = None
        if plan.backbone is not None:
            backbone = self.pool.get(plan.backbone.spec, BackboneContext(device=device, dtype=dtype))
        fingerprint = "" if backbone is None else backbone.fingerprint()
        tasks = tuple(open_task(item, backbone) for item in plan.tasks)
        return Opened(tasks=tasks, backbone=backbone, fingerprint=fingerprint)

    def _planned(self, task: TaskSpec, head: str, given: Mapping[str, Any]) -> PlannedTask:
        weights = _folder(head)
        name = _head_of(weights, task) if weights else head
        known = frozenset().union(*(_option_names(item.spec) for item in self.registry.heads(task.name)))
        mine = {key: value for key, value in given.items() if key in known}
        chosen = choose_head(self.registry, task.name, name or None, mine)
        options = chosen.spec.options
        return PlannedTask(
            task=task, head=chosen, options=from_values(options, mine) if options else None, weights=weights
        )


def heads_by_task(tasks: Sequence[TaskSpec], given: Sequence[str]) -> dict[str, str]:
    """What ``--head`` names, by task: ``NAME`` where there is one task, ``TASK=NAME`` where there are several.

    Raises:
        UsageError: It is not clear for which task a head is meant.
    """
    names = {name: task.name for task in tasks for name in (task.name, *task.aliases)}
    found: dict[str, str] = {}
    for value in given:
        task, equals, head = value.partition("=")
        if equals and task in names:
            found[names[task]] = head
        elif len(tasks) == 1:
            found[tasks[0].name] = value
        else:
            raise UsageError(
                f"--head {value}: for which of the tasks {', '.join(task.name for task in tasks)}?",
                hint=f"write --head {tasks[0].name}={value}",
            )
    return found


def read_card(folder: Path) -> dict[str, Any]:
    """What a folder of trained weights says about itself.

    Raises:
        UsageError: There is no such folder, or none of the kind.
    """
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(card, dict) or not isinstance(card.get("head"), str):
            raise ValueError("it names no head")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"{folder} is not the folder of a trained head: {path}: {reason}",
            hint="`nlptasks train TASK --data FILE --output FOLDER` makes one",
        ) from error
    return card


def _head_of(weights: Path, task: TaskSpec) -> str:
    """The head that can read a folder of trained weights."""
    card = read_card(weights)
    if card.get("task") != task.name:
        raise UsageError(
            f"{weights} holds a head for the task {card.get('task')!r}, not {task.name!r}",
            hint=f"nlptasks run {card.get('task')} --head {weights} --data FILE",
        )
    return str(card["head"])


def _folder(head: str) -> Path | None:
    """The folder that ``--head`` names: anything with a slash, or a folder that is there."""
    looks_like_path = "/" in head or "\\" in head or (bool(head) and (Path(head) / CARD).is_file())
    return Path(head) if looks_like_path else None


def _option_names(head: HeadSpec) -> frozenset[str]:
    return frozenset(field.name for field in option_fields(head.options)) if head.options else frozenset()


def _check_all_used(planned: Sequence[PlannedTask], given: Mapping[str, Any]) -> None:
    """An option that no chosen head has would be ignored in silence."""
    used = frozenset().union(*(_option_names(item.head.spec) for item in planned))
    for name in given:
        if name not in used:
            heads = ", ".join(f"'{item.head.spec.name}'" for item in planned)
            raise UsageError(
                f"--{name.replace('_', '-')} is not an option of the head {heads}",
                hint="leave it out, or choose a head that has it with --head; see: nlptasks heads list",
            )


def open_task(item: PlannedTask, backbone: Any) -> OpenTask:
    """Load a head on an open backbone.

    Raises:
        NlptasksError: Its weights are missing or damaged, or belong to another backbone.
    """
    factory = resolve(item.head.spec.object)
    if not callable(factory):
        raise NlptasksError(f"{item.head.qualified}: {item.head.spec.object} is not callable")
    context = HeadContext(
        task=item.task,
        backbone=backbone if item.head.spec.needs else None,
        options=item.options,
        weights=item.weights,
    )
    return OpenTask(task=item.task, name=item.head.qualified, head=factory(context))
