"""Chooses heads and a backbone by name, checks that they fit, and only then loads weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.carried import check_head_for, choose_head_for
from nlptasks._systems.folders import choose_folder, head_folder, head_in, made_in
from nlptasks._systems.matching import check_fit, choose_backbone, choose_head
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.references import Referred, backbone_options, inspected, trained_on
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import from_values, option_fields
from nlptasks.plugin.protocols import BackboneContext, Encoder, Head, HeadContext


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
    """Heads that fit one backbone.

    Args:
        tasks: The heads with their tasks.
        backbone: The backbone; ``None`` where no head needs one.
        folder: Fine-tuned weights that it opens in place of its own.
        reference: The checkpoint that it opens; empty: its own weights or those in ``folder``.
        options: The backbone's options, checked.
    """

    tasks: tuple[PlannedTask, ...]
    backbone: Owned[BackboneSpec] | None
    folder: Path | None = None
    reference: str = ""
    options: Any = None

    def context(self, *, device: str = "auto", dtype: str = "auto", folder: Path | None = None) -> BackboneContext:
        """What the backbone is opened with; ``folder`` takes the place of the plan's."""
        return BackboneContext(
            options=self.options,
            device=device,
            dtype=dtype,
            folder=folder or self.folder,
            reference="" if folder else self.reference,
        )


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
        self,
        tasks: Sequence[TaskSpec],
        *,
        heads: Mapping[str, str],
        backbone: str,
        options: Mapping[str, Any],
        made: frozenset[str] = frozenset(),
    ) -> Plan:
        """Choose a head for each task, and the backbone.

        Args:
            tasks: The tasks.
            heads: By task, the name of a head or the folder of a trained one.
            backbone: Name of the backbone, a folder with a fine-tuned one, or a reference to a checkpoint (see
                ``BackboneSpec.scheme``); empty: that which lies in the folder of a trained head or which it was trained
                on, or else the default one that fits.
            options: Options of heads and of the backbone that the user gave; each must belong to a chosen one.
            made: Capabilities that the backbone may lack, because training will give it them; empty where nothing is
                trained.

        Raises:
            UsageError: Something is unknown, ambiguous or does not fit.
            NlptasksError: A checkpoint is damaged.
        """
        given = {name: value for name, value in options.items() if value is not None}
        folders = [folder for task in tasks if (folder := head_folder(heads.get(task.name, "")))]
        referred = inspected(self.registry, backbone or trained_on(self.registry, folders), given)
        # Training takes the head that a user would train on any backbone, not one that reads what the checkpoint has.
        judge = None if made else referred
        planned = tuple(self._planned(task, heads.get(task.name, ""), given, judge) for task in tasks)
        if referred is None:
            plan = self._plan_named(planned, backbone, given, made)
        else:
            plan = self._plan_referred(planned, backbone, referred, made)
        _check_all_used(plan, given)
        return plan

    def _plan_named(
        self, planned: tuple[PlannedTask, ...], backbone: str, given: Mapping[str, Any], made: frozenset[str]
    ) -> Plan:
        """The plan on an installed backbone, or on a fine-tuned one in a folder."""
        name, folder = choose_folder([item.weights for item in planned if item.weights], backbone)
        chosen: Owned[BackboneSpec] | None = None
        made |= made_in(folder)
        for item in planned:
            if item.head.spec.needs:
                head = replace(item.head.spec, needs=item.head.spec.needs - made or frozenset({ENCODE}))
                chosen = chosen or choose_backbone(self.registry, head, name or None)
                if chosen is not None:
                    check_fit(head, chosen.spec, self.registry)
        if backbone and chosen is None:
            _refuse_backbone(planned)
        if folder and chosen and not chosen.spec.trainer:
            raise UsageError(f"{folder}: the backbone '{chosen.spec.name}' opens no folder", hint="leave it out")
        options = backbone_options(chosen.spec, given) if chosen else None
        return Plan(tasks=planned, backbone=chosen, folder=folder, options=options)

    def _plan_referred(
        self, planned: tuple[PlannedTask, ...], backbone: str, referred: Referred, made: frozenset[str]
    ) -> Plan:
        """The plan on a checkpoint that is named by a reference."""
        choose_folder([item.weights for item in planned if item.weights], backbone)  # refuses heads with a backbone
        if not any(item.head.spec.needs for item in planned):
            _refuse_backbone(planned)
        for item in planned:
            head = replace(item.head.spec, needs=item.head.spec.needs - made)
            check_head_for(self.registry, head, referred, trained=bool(made or item.weights))
        return Plan(tasks=planned, backbone=referred.backbone, reference=referred.reference, options=referred.options)

    def open(self, plan: Plan, *, device: str = "auto", dtype: str = "auto") -> Opened:
        """Load the backbone, once, and the heads on it.

        Raises:
            NlptasksError: Weights are missing or damaged, or belong to another backbone.
        """
        backbone: Any = None
        if plan.backbone is not None:
            backbone = self.pool.get(plan.backbone, plan.context(device=device, dtype=dtype))
        fingerprint = "" if backbone is None else backbone.fingerprint()
        tasks = tuple(open_task(item, backbone) for item in plan.tasks)
        return Opened(tasks=tasks, backbone=backbone, fingerprint=fingerprint)

    def _planned(self, task: TaskSpec, head: str, given: Mapping[str, Any], referred: Referred | None) -> PlannedTask:
        weights = head_folder(head)
        name = head_in(weights, task) if weights else head
        known = frozenset().union(*(_option_names(item.spec) for item in self.registry.heads(task.name)))
        mine = {key: value for key, value in given.items() if key in known}
        if referred is None or name:
            chosen = choose_head(self.registry, task.name, name or None, mine)
        else:
            chosen = choose_head_for(self.registry, task.name, mine, referred)
        with plugin_errors(f"the head {chosen.qualified}"):  # its options may check each other
            options = from_values(chosen.spec.options, mine) if chosen.spec.options else None
        return PlannedTask(task=task, head=chosen, options=options, weights=weights)


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


def _option_names(spec: HeadSpec | BackboneSpec) -> frozenset[str]:
    return frozenset(field.name for field in option_fields(spec.options)) if spec.options else frozenset()


def _check_all_used(plan: Plan, given: Mapping[str, Any]) -> None:
    """An option that nothing chosen has would be ignored in silence."""
    used = frozenset().union(*(_option_names(item.head.spec) for item in plan.tasks))
    if plan.backbone is not None:
        used |= _option_names(plan.backbone.spec)
    for name in given:
        if name not in used:
            heads = ", ".join(f"'{item.head.spec.name}'" for item in plan.tasks)
            backbone = f", nor of the backbone '{plan.backbone.spec.name}'" if plan.backbone else ""
            raise UsageError(
                f"--{name.replace('_', '-')} is not an option of the head {heads}{backbone}",
                hint="leave it out, or choose a head that has it with --head; see: nlptasks heads list",
            )


def _refuse_backbone(planned: Sequence[PlannedTask]) -> None:
    """Refuse a backbone that nobody would use.

    Raises:
        UsageError: Always.
    """
    names = ", ".join(f"'{item.head.spec.name}'" for item in planned)
    raise UsageError(f"the head {names} works without a backbone", hint="leave --backbone out")


def open_task(item: PlannedTask, backbone: Any) -> OpenTask:
    """Load a head on an open backbone.

    Raises:
        NlptasksError: Its weights are missing or damaged, or belong to another backbone.
    """
    what = f"the head {item.head.qualified}"
    factory = load_object(what, item.head.spec.object)
    if not callable(factory):
        raise NlptasksError(f"{item.head.qualified}: {item.head.spec.object} is not callable")
    context = HeadContext(
        task=item.task,
        backbone=backbone if item.head.spec.needs else None,
        options=item.options,
        weights=item.weights,
    )
    with plugin_errors(what):
        head = factory(context)
        if not all(isinstance(label, str) for label in head.labels):
            raise TypeError("labels must be texts")
    return OpenTask(task=item.task, name=item.head.qualified, head=head)
