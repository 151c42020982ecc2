"""The one place where names become a system: heads, backbone, checkpoint and trained folders, before any weights load.

It goes one way. What ``--head`` names is read first (:mod:`nlptasks._systems.folders`), then what ``--backbone`` names
(a checkpoint: :mod:`nlptasks._systems.references`), then each task gets its head, and last the backbone is fitted to
them (:mod:`nlptasks._systems.matching`; on a checkpoint :mod:`nlptasks._systems.carried`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlptasks._plugins.guard import plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.carried import check_head_for, choose_head_for, works_on
from nlptasks._systems.folders import NamedBackbone, TrainedHead, head_folder, named_backbone, trained_head
from nlptasks._systems.matching import check_fit, choose_backbone, choose_head, servable
from nlptasks._systems.options import GivenOptions, names_of_options
from nlptasks._systems.references import Referred, backbone_options, inspected, trained_on
from nlptasks._systems.system import ChosenHead, System
from nlptasks.errors import UsageError
from nlptasks.plugin import ENCODE, BackboneSpec, HeadSpec, TaskSpec
from nlptasks.plugin.options import from_values
from nlptasks.plugin.protocols import BackboneContext


def choose_system(
    registry: Registry, tasks: tuple[TaskSpec, ...], choice: SystemChoice, made: frozenset[str] = frozenset()
) -> System:
    """Choose a head for each task, and the backbone.

    Where the user names no backbone, it is that which lies in the folder of a trained head or which that was trained
    on, or else the default one that fits.

    Args:
        registry: What the plugins provide.
        tasks: The tasks.
        choice: What the user named. An option goes to the tasks that have it, and one called ``TASK.option`` to that
            task alone; each must belong to something that is chosen.
        made: Capabilities that the backbone may lack, because training will give it them; empty where nothing is
            trained.

    Raises:
        UsageError: Something is unknown, ambiguous or does not fit.
        NlptasksError: A checkpoint is damaged.
    """
    return _Choosing(registry, tasks, choice, made).system()


def choose_encoder(registry: Registry, choice: SystemChoice) -> System:
    """A backbone without heads that encodes: the one that the user named, or the default one.

    Raises:
        UsageError: It is unknown, or does not encode.
        NlptasksError: A checkpoint is damaged.
    """
    reader = HeadSpec(name="embed", summary="", task="", object="", needs=frozenset({ENCODE}))
    referred = inspected(registry, choice.backbone, {})
    if referred is None:
        named = named_backbone((), choice.backbone)
        chosen = choose_backbone(registry, reader, named.name or None)
        assert chosen is not None  # since the reader needs one
        context = BackboneContext(folder=named.folder, options=backbone_options(registry, chosen, {}))
        system = System(heads=(), backbone=chosen, context=context)
    elif ENCODE in referred.inspection.provides:
        system = _of_checkpoint((), referred)
    else:
        raise UsageError(
            f"{referred.reference} has no encoder, whose states a vector is made of",
            hint=f"see: nlptasks backbones show {referred.reference}",
        )
    return system.placed(choice)


@dataclass(frozen=True)
class _Choosing:
    registry: Registry
    tasks: tuple[TaskSpec, ...]
    choice: SystemChoice
    made: frozenset[str]

    def system(self) -> System:
        given = GivenOptions(self.tasks, self.choice.options)
        trained = self._trained()
        backbone = self.choice.backbone or trained_on(self.registry, tuple(trained.values()))
        referred = inspected(self.registry, backbone, given.shared)
        # Training takes the head that a user would train on any backbone, not one that reads what the checkpoint has.
        judge = None if self.made else referred
        named = self._named(tuple(trained.values()))
        own = named.name.rpartition(":")[2] if self.registry.has(BackboneSpec, named.name) else ""
        heads = tuple(self._head(task, given, trained.get(task.name), judge, own) for task in self.tasks)
        if self.choice.backbone and not any(item.head.spec.needs for item in heads):
            _refuse_backbone(heads)
        found = self._on(heads, referred) if referred else self._in(heads, named, given)
        system = found.placed(self.choice)
        given.check_used(system)
        return system

    def _trained(self) -> dict[str, TrainedHead]:
        """The trained heads that the user named, by task."""
        named = [(task, head_folder(self.choice.heads.get(task.name, ""))) for task in self.tasks]
        return {task.name: trained_head(folder, task) for task, folder in named if folder}

    def _named(self, trained: tuple[TrainedHead, ...]) -> NamedBackbone:
        """The backbone that the user named, or that trained heads are for, as far as it is installed."""
        named = named_backbone(trained, self.choice.backbone)
        of_heads = (item.backbone for item in trained if self.registry.has(BackboneSpec, item.backbone))
        return named if named.name else replace(named, name=next(of_heads, ""))

    def _head(
        self, task: TaskSpec, given: GivenOptions, trained: TrainedHead | None, referred: Referred | None, backbone: str
    ) -> ChosenHead:
        name = trained.head if trained else self.choice.heads.get(task.name, "")
        mine = given.of_task(task, self._known(task, name, referred))
        if referred is None or name:
            head = choose_head(self.registry, task.name, name or None, mine, backbone)
        else:
            head = choose_head_for(self.registry, task.name, mine, referred)
        return ChosenHead(
            task=task,
            head=head,
            options=_options(head, {**self.registry.configured(head), **mine}),
            weights=trained.folder if trained else None,
            card=trained.card if trained else {},
        )

    def _known(self, task: TaskSpec, name: str, referred: Referred | None) -> frozenset[str]:
        """The options that count as this task's.

        Where it is the only task, all its heads are asked: an option that the right one lacks is then an error that
        says so. Among several tasks an option may be meant for another one, so that only heads count that could work.
        """
        heads = self.registry.heads(task.name)
        if len(self.tasks) > 1:
            heads = (self.registry.head(task.name, name),) if name else self._working(heads, referred) or heads
        return frozenset().union(*(names_of_options(item.spec) for item in heads))

    def _working(self, heads: tuple[Owned[HeadSpec], ...], referred: Referred | None) -> tuple[Owned[HeadSpec], ...]:
        if referred is not None:
            return tuple(item for item in heads if works_on(item.spec, referred.inspection))
        return servable(self.registry, heads)

    def _in(self, heads: tuple[ChosenHead, ...], named: NamedBackbone, given: GivenOptions) -> System:
        """The system on an installed backbone, or on a fine-tuned one in a folder."""
        chosen: Owned[BackboneSpec] | None = None
        made = self.made | named.made
        for spec in (item.head.spec for item in heads if item.head.spec.needs):
            head = replace(spec, needs=spec.needs - made or frozenset({ENCODE}))
            chosen = chosen or choose_backbone(self.registry, head, named.name or None)
            if chosen is not None:
                check_fit(head, chosen.spec, self.registry)
        if named.folder and chosen and not chosen.spec.trainer:
            raise UsageError(f"{named.folder}: the backbone '{chosen.spec.name}' opens no folder", hint="leave it out")
        options = backbone_options(self.registry, chosen, given.shared) if chosen else None
        return System(heads=heads, backbone=chosen, context=BackboneContext(folder=named.folder, options=options))

    def _on(self, heads: tuple[ChosenHead, ...], referred: Referred) -> System:
        """The system on a checkpoint that is named by a reference."""
        for item in heads:
            head = replace(item.head.spec, needs=item.head.spec.needs - self.made)
            check_head_for(self.registry, head, referred, trained=bool(self.made or item.weights))
        return _of_checkpoint(heads, referred)


def _of_checkpoint(heads: tuple[ChosenHead, ...], referred: Referred) -> System:
    context = BackboneContext(reference=referred.reference, options=referred.options)
    return System(heads=heads, backbone=referred.backbone, context=context)


def heads_by_task(tasks: Sequence[TaskSpec], given: Sequence[str]) -> Mapping[str, str]:
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


def _refuse_backbone(heads: tuple[ChosenHead, ...]) -> None:
    """Refuse a backbone that nobody would use.

    Raises:
        UsageError: Always.
    """
    names = ", ".join(f"'{item.head.spec.name}'" for item in heads)
    raise UsageError(f"the head {names} works without a backbone", hint="leave --backbone out")


def _options(head: Owned[HeadSpec], given: Mapping[str, object]) -> object:
    if head.spec.options is None:
        return None
    with plugin_errors(f"the head {head.qualified}"):  # its options may check each other
        return from_values(head.spec.options, given)
