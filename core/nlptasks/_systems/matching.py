"""Which head and which backbone a run takes, decided from descriptors alone: before any weights load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from nlptasks._names import did_you_mean
from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec
from nlptasks.plugin.options import option_fields

D = TypeVar("D", HeadSpec, BackboneSpec)


def choose_head(
    registry: Registry, task: str, name: str | None, given_options: Mapping[str, object], backbone: str = ""
) -> Owned[HeadSpec]:
    """Return the head that solves ``task`` (its own name, no alias).

    That is the named one; else, among those that have every given option, the default, or the only one. Heads for
    checkpoints alone, which no backbone with weights of its own can serve, are then left aside; heads of the named
    backbone come first, and those of other backbones are left aside too.

    Args:
        registry: What the plugins provide.
        task: The task.
        name: What the user named; ``None``: nothing.
        given_options: The head options that the user gave, by field name; a value of ``None`` was not given.
        backbone: Name of the backbone that the user named; empty: the default one.

    Raises:
        UsageError: There is no such head, it lacks an option, or the choice is not clear.
    """
    given = tuple(option for option, value in given_options.items() if value is not None)
    if name is not None:
        head = registry.head(task, name)
        having([head], given, task)
        return head
    heads = registry.heads(task)
    if not heads:
        raise UsageError(
            f"no plugin that is loaded has a head for the task {task!r}",
            hint="'nlptasks heads list' shows the heads; 'nlptasks plugins list --check' what did not load",
        )
    found = having(heads, given, task)
    candidates = registry.preferred(f"heads.{task}", _of_backbone(servable(registry, found) or found, backbone))
    if head_ := default_or_only(candidates):
        return head_
    raise UsageError(
        f"several heads for {task} could be meant: {names_of(candidates)}",
        hint=f"choose one with --head, for example --head {candidates[0].qualified}",
    )


def _of_backbone(heads: tuple[Owned[HeadSpec], ...], name: str) -> tuple[Owned[HeadSpec], ...]:
    """Those of some heads whose weights are for a backbone, else those that name none, else all."""
    own = tuple(item for item in heads if name and item.spec.backbone == name)
    return own or tuple(item for item in heads if not item.spec.backbone) or heads


def servable(registry: Registry, heads: Iterable[Owned[HeadSpec]]) -> tuple[Owned[HeadSpec], ...]:
    """Those of some heads that work without a backbone, or on one that has weights of its own."""
    return tuple(item for item in heads if not item.spec.needs or _fitting(item.spec, registry))


def choose_backbone(registry: Registry, head: HeadSpec, name: str | None) -> Owned[BackboneSpec] | None:
    """Return the backbone for a head: the named one, else its own, else the default that fits, else the only one.

    Returns ``None`` where the head works without one.

    Raises:
        UsageError: The named one does not fit or is not needed, none fits, or the choice is not clear.
    """
    if name is not None:
        if not head.needs:
            raise UsageError(
                f"the head {head.name!r} works without a backbone",
                hint="leave the backbone out, or choose another head with --head",
            )
        backbone = _named(registry, name)
        check_fit(head, backbone.spec, registry)
        return backbone
    if not head.needs:
        return None
    fitting = _fitting(head, registry)
    own = tuple(item for item in fitting if item.spec.name == head.backbone)
    usual = tuple(item for item in fitting if not item.spec.extra)  # the others may not be there
    if chosen := default_or_only(own or usual or fitting):
        return chosen
    if fitting:
        raise UsageError(
            f"several backbones fit the head {head.name!r}: {names_of(fitting)}",
            hint=f"choose one with --backbone, for example --backbone {fitting[0].qualified}",
        )
    install = "'nlptasks backbones list' shows what there is; install a plugin that brings one"
    raise UsageError(
        f"no backbone provides what the head {head.name!r} needs: {listed(head.needs)}",
        hint=_checkpoints(head, registry) or install,
    )


def check_fit(head: HeadSpec, backbone: BackboneSpec, registry: Registry) -> None:
    """Check that a backbone provides what a head needs.

    Raises:
        UsageError: It does not; the error names what is missing and the backbones that would fit.
    """
    missing = head.needs - backbone.provides
    if missing:
        fitting = _fitting(head, registry)
        raise UsageError(
            f"the backbone {backbone.name!r} cannot {listed(missing)}, which the head {head.name!r} needs",
            hint=f"these fit: {names_of(fitting)}" if fitting else "no installed backbone fits",
        )


def _named(registry: Registry, name: str) -> Owned[BackboneSpec]:
    backbone = registry.get(BackboneSpec, name, hint=reference_hint(registry, name))
    if backbone.spec.inspector:
        raise UsageError(
            f"the backbone {name!r} opens checkpoints, and this does not say which",
            hint=f"--backbone {_form(backbone.spec)}",
        )
    return backbone


def reference_hint(registry: Registry, name: str) -> str:
    """How a name might be meant that no backbone has: as a reference. Empty where it does not look like one."""
    schemes = [item.spec.scheme for item in registry.all(BackboneSpec) if item.spec.scheme]
    if not schemes or "/" not in name or ":" in name:
        return ""
    return f"a checkpoint is named by its scheme, {schemes[0]}:{name}, and a folder as ./{name}"


def _checkpoints(head: HeadSpec, registry: Registry) -> str:
    """How to name a checkpoint that may provide what a head needs; empty where no backbone opens such."""
    found = [
        item.spec for item in registry.all(BackboneSpec) if item.spec.inspector and head.needs <= item.spec.provides
    ]
    return f"name a checkpoint that does: --backbone {_form(found[0])}" if found else ""


def _form(spec: BackboneSpec) -> str:
    return f"{spec.scheme}:NAME" if spec.scheme else "./FOLDER"


def having(heads: Iterable[Owned[HeadSpec]], given: tuple[str, ...], task: str) -> tuple[Owned[HeadSpec], ...]:
    """Return the heads that have all the given options."""
    flags = {head: _flags(head.spec) for head in heads}
    found = tuple(head for head, known in flags.items() if known.keys() >= set(given))
    if found:
        return found
    known = {name: flag for own in flags.values() for name, flag in own.items()}
    shown = [f"--{option.replace('_', '-')}" for option in given]
    unknown = [flag for option, flag in zip(given, shown, strict=True) if option not in known]
    if unknown:
        place = f"the head {next(iter(flags)).spec.name!r}" if len(flags) == 1 else f"any head for {task}"
        raise UsageError(
            f"{unknown[0]} is no option of {place}{did_you_mean(unknown[0], known.values())}",
            hint=f"there are: {', '.join(sorted(known.values())) or 'none'}",
        )
    raise UsageError(
        f"no head for {task} has all of {', '.join(shown)}", hint="leave one out; 'nlptasks heads list' shows the heads"
    )


def _flags(head: HeadSpec) -> dict[str, str]:
    return {option.name: option.flag for option in option_fields(head.options)} if head.options else {}


def _fitting(head: HeadSpec, registry: Registry) -> tuple[Owned[BackboneSpec], ...]:
    """The backbones that have weights of their own and provide what a head needs."""
    own = (item for item in registry.all(BackboneSpec) if not item.spec.inspector)
    return tuple(item for item in own if head.needs <= item.spec.provides)


def default_or_only(items: tuple[Owned[D], ...]) -> Owned[D] | None:
    """The default among some descriptors, or the only one; ``None`` where that is not clear."""
    chosen = [item for item in items if item.spec.default] or list(items)
    return chosen[0] if len(chosen) == 1 else None


def names_of(items: Iterable[Owned[HeadSpec]] | Iterable[Owned[BackboneSpec]]) -> str:
    """Qualified names in one line."""
    return ", ".join(item.qualified for item in items)


def listed(capabilities: Iterable[str]) -> str:
    """Capabilities in one line."""
    return ", ".join(sorted(capabilities))
