"""Which heads a named checkpoint can have, decided from what it says of itself: before any weights load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.matching import default_or_only, having, listed, names_of
from nlptasks._systems.references import Referred
from nlptasks.errors import UsageError
from nlptasks.plugin import ENTAILMENT, GENERATE, LABELS, PROMPT, SPANS, HeadSpec, TaskSpec
from nlptasks.plugin.inspection import Inspection
from nlptasks.plugin.options import option_fields

#: What a checkpoint was trained for, as opposed to what any encoder can do.
_CARRIED = frozenset({LABELS, SPANS, ENTAILMENT, GENERATE})


def choose_head_for(
    registry: Registry, task: str, given_options: Mapping[str, object], referred: Referred
) -> Owned[HeadSpec]:
    """Return the head of a task that reads what a checkpoint carries, where the user named no head.

    A head that needs the checkpoint's own output layer or decoder comes before one that prompts it, and that before
    others; among several the one that needs least. Else it is the default, or the only one that needs no training.
    Heads whose weights were trained on another backbone are never chosen.

    Args:
        registry: What the plugins provide.
        task: The task (its own name, no alias).
        given_options: The head options that the user gave.
        referred: The checkpoint.

    Raises:
        UsageError: No head fits, or the choice is not clear.
    """
    heads = _free(registry, task)
    candidates = registry.preferred(f"heads.{task}", having(heads, tuple(given_options), task)) if heads else ()
    asked = bool(given_options)
    usable = tuple(item for item in candidates if works_on(item.spec, referred.inspection, asked=asked))
    carried = tuple(item for item in usable if _CARRIED & item.spec.needs)
    first = carried or tuple(item for item in usable if PROMPT in item.spec.needs)
    least = min((len(item.spec.needs) for item in first), default=0)
    choice = tuple(item for item in first if len(item.spec.needs) == least)
    if not first and (asked or not _trainable_default(candidates, referred.inspection)):
        choice = usable
    if chosen := default_or_only(choice):
        return chosen
    if not choice:
        raise _refusal(registry, task, candidates, referred)
    raise UsageError(
        f"several heads for {task} fit {referred.reference}: {names_of(choice)}",
        hint=f"choose one with --head, for example --head {choice[0].qualified}",
    )


def check_head_for(registry: Registry, head: HeadSpec, referred: Referred, *, trained: bool) -> None:
    """Check that a head can work on a checkpoint.

    Args:
        registry: What the plugins provide.
        head: The head.
        referred: The checkpoint.
        trained: Whether its weights are the user's own, or are about to be trained.

    Raises:
        UsageError: It cannot; the error says what the checkpoint provides and which tasks it can do.
    """
    if not head.needs:
        return
    missing = head.needs - referred.inspection.provides
    if missing:
        raise UsageError(
            f"{referred.reference} does not provide {listed(missing)}, which the head {head.name!r} needs",
            hint=_abilities(registry, referred),
        )
    if not _made_for(head, referred.inspection, asked=True):
        raise _made_for_others(registry, head, referred)
    if not trained and not works_on(head, referred.inspection, asked=True):
        raise _untrained(registry, head, referred)


def heads_for(registry: Registry, inspection: Inspection) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The heads that a checkpoint can have, by task: those that work as they are, and those that need training."""
    ready: dict[str, list[str]] = {}
    trainable: dict[str, list[str]] = {}
    for task in registry.all(TaskSpec):
        for item in _free(registry, task.spec.name):
            if works_on(item.spec, inspection):
                ready.setdefault(task.spec.name, []).append(item.spec.name)
            elif _fits(item.spec, inspection):
                trainable.setdefault(task.spec.name, []).append(item.spec.name)
    return ready, trainable


def _free(registry: Registry, task: str) -> tuple[Owned[HeadSpec], ...]:
    """The heads of a task that are not for one backbone alone."""
    return tuple(item for item in registry.heads(task) if not item.spec.backbone)


def _fits(head: HeadSpec, inspection: Inspection, *, asked: bool = False) -> bool:
    return bool(head.needs) and head.needs <= inspection.provides and _made_for(head, inspection, asked=asked)


def _made_for(head: HeadSpec, inspection: Inspection, *, asked: bool = False) -> bool:
    """An encoder serves any task; an output layer or a decoder serves those that it was trained for.

    What a layer's labels mean may be unclear: who names the head or gives it an option is believed.
    """
    if not _CARRIED & head.needs or not inspection.tasks or head.task in inspection.tasks:
        return True
    return asked and GENERATE not in head.needs


def works_on(head: HeadSpec, inspection: Inspection, *, asked: bool = False) -> bool:
    """Whether a head works on a checkpoint as it is.

    Weights that a plugin ships do not: they fit the backbone that they were trained on.

    Args:
        head: The head.
        inspection: What the checkpoint says of itself.
        asked: Whether the user named the head, or gave it an option.
    """
    return _fits(head, inspection, asked=asked) and (bool(_CARRIED & head.needs) or not head.trainer)


def _trainable_default(heads: Sequence[Owned[HeadSpec]], inspection: Inspection) -> bool:
    """Whether the default head is one that would have to be trained; then no other is taken in its place unasked."""
    return any(
        item.spec.default and _fits(item.spec, inspection) and not works_on(item.spec, inspection) for item in heads
    )


def _refusal(registry: Registry, task: str, heads: Sequence[Owned[HeadSpec]], referred: Referred) -> UsageError:
    """Why none of these heads can work on a checkpoint."""
    found = referred.inspection
    other = [item.spec for item in heads if item.spec.needs <= found.provides and not _made_for(item.spec, found)]
    if other:
        return _made_for_others(registry, other[0], referred)
    trainable = [item for item in heads if _fits(item.spec, referred.inspection)]
    if trainable:
        first = next((item for item in trainable if item.spec.default), trainable[0])
        return _untrained(registry, first.spec, referred)
    needs = "; ".join(f"{item.spec.name!r} needs {listed(item.spec.needs) or 'no backbone'}" for item in heads)
    return UsageError(
        f"{referred.reference} fits no head for {task}{f': {needs}' if needs else ''}",
        hint=_abilities(registry, referred),
    )


def _made_for_others(registry: Registry, head: HeadSpec, referred: Referred) -> UsageError:
    labels = ", ".join(referred.inspection.labels)
    answers = f": its labels are {labels}" if labels and GENERATE not in head.needs else ""
    return UsageError(
        f"{referred.reference} was not made for the task {head.task!r}{answers}", hint=_abilities(registry, referred)
    )


def _untrained(registry: Registry, head: HeadSpec, referred: Referred) -> UsageError:
    usable = [item.spec for item in registry.heads(head.task) if works_on(item.spec, referred.inspection)]
    others = "".join(f"\nor take a head that needs no training: --head {_shown(other)}" for other in usable)
    return UsageError(
        f"the head {head.name!r} was trained on another backbone, and its weights do not fit {referred.reference}",
        hint=f"train one: nlptasks train {head.task} --data FILE --backbone {referred.reference}{others}",
    )


def _shown(head: HeadSpec) -> str:
    """A head with the lists that it must be given."""
    fields = option_fields(head.options) if head.options else ()
    lists = [f"{option.flag} A,B,..." for option in fields if option.kind == "list" and not option.default]
    return " ".join([head.name, *lists])


def _abilities(registry: Registry, referred: Referred) -> str:
    ready, trainable = heads_for(registry, referred.inspection)
    shown = [f"it provides {listed(referred.inspection.provides) or 'nothing that a head needs'}"]
    shown.append(f"tasks that it can do: {_listed_or_none(ready)}")
    if rest := [task for task in trainable if task not in ready]:
        shown.append(f"after training: {', '.join(rest)}")
    return f"{'; '.join(shown)}\nsee: nlptasks backbones show {referred.reference}"


def _listed_or_none(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
