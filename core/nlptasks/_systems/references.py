"""Checkpoints that ``--backbone`` names by a reference: a scheme and a name, or a folder. Which backbone opens them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.folders import CARD, TrainedHead
from nlptasks.errors import PluginError, UsageError
from nlptasks.files.names import at_home, is_file, is_folder, is_there
from nlptasks.plugin import BackboneSpec
from nlptasks.plugin.inspection import Inspection
from nlptasks.plugin.options import from_values, option_fields
from nlptasks.training.recipes import RECIPE


@dataclass(frozen=True, kw_only=True)
class Referred:
    """A checkpoint that was named and looked at; nothing of it is loaded.

    Args:
        reference: How it was named.
        backbone: What opens it, with the capabilities of this checkpoint.
        options: The backbone's options, checked.
        inspection: What the checkpoint says of itself.
    """

    reference: str
    backbone: Owned[BackboneSpec]
    options: Any
    inspection: Inspection


def inspected(registry: Registry, text: str, given: Mapping[str, Any]) -> Referred | None:
    """Look at the checkpoint that ``--backbone`` names; ``None`` where it names an installed backbone or a training's.

    Args:
        registry: What the plugins provide.
        text: What the user typed: a reference, or ``distribution:reference``.
        given: Options by name, those of heads among them.

    Raises:
        UsageError: No backbone or several open it, or there is no such folder.
        NlptasksError: What the backbone's inspector says is wrong with it.
    """
    opener = opener_of(registry, text)
    if opener is None:
        return None
    text = _unqualified(registry, text)
    options = backbone_options(registry, opener, given)
    what = f"the backbone {opener.qualified}"
    inspect = load_object(what, opener.spec.inspector)
    with plugin_errors(what):
        found = inspect(text, options)
    if not isinstance(found, Inspection):
        raise PluginError(f"{opener.qualified}: {opener.spec.inspector} returned no Inspection")
    more = found.provides - opener.spec.provides
    if more:
        raise PluginError(
            f"{opener.qualified}: {text} provides {', '.join(sorted(more))}, which the plugin did not say"
        )
    narrowed = replace(
        opener.spec, provides=found.provides, parameters=found.parameters, languages=found.languages, default=False
    )
    return Referred(reference=text, backbone=replace(opener, spec=narrowed), options=options, inspection=found)


def opener_of(registry: Registry, text: str) -> Owned[BackboneSpec] | None:
    """The backbone that opens a reference, or ``distribution:reference``.

    ``None`` where ``text`` is none, but a name or a folder that training left.

    Raises:
        UsageError: No backbone or several open it, or there is no such folder.
    """
    backbones: Sequence[Owned[BackboneSpec]] = registry.all(BackboneSpec)
    if (bare := _unqualified(registry, text)) != text:
        backbones = [item for item in backbones if text == f"{item.distribution}:{bare}"]
    text = bare
    scheme, colon, rest = text.partition(":")
    if by_scheme := [item for item in backbones if colon and scheme and item.spec.scheme == scheme]:
        if not rest:
            raise UsageError(f"{text} names nothing", hint=f"write {scheme}:NAME, without a space")
        return _only(registry, f"backbones.{scheme}:", by_scheme, text)
    if not text or any(text == item.spec.name for item in backbones):
        return None
    folder = at_home(text)
    if is_file(folder / CARD) or is_file(folder / RECIPE):
        return None
    marked = [item for item in backbones if item.spec.marker and is_file(folder / item.spec.marker)]
    if marked:
        return _only(registry, f"backbones.{marked[0].spec.marker}", marked, text)
    if is_path(text):
        _refuse_folder(registry, text, folder)
    return None


def _unqualified(registry: Registry, text: str) -> str:
    """A reference without the distribution before it, of whose backbone it is; any other text as it is."""
    for item in registry.all(BackboneSpec):
        rest = text.removeprefix(f"{item.distribution}:")
        if rest != text and (is_path(rest) or (item.spec.scheme and rest.startswith(f"{item.spec.scheme}:"))):
            return rest
    return text


def is_path(text: str) -> bool:
    """Whether what ``--backbone`` names can only be a folder."""
    return text.startswith((".", "/", "~"))


def backbone_options(registry: Registry, backbone: Owned[BackboneSpec], given: Mapping[str, Any]) -> Any:
    """The options of a backbone: those that the user gave, before the configured ones; ``None`` where it has none.

    Raises:
        UsageError: A value has the wrong type or is out of range.
    """
    configured, options = registry.configured(backbone), backbone.spec.options
    if options is None:
        return None
    names = {option.name for option in option_fields(options)}
    with plugin_errors(f"the backbone {backbone.spec.name}"):  # its options may check each other
        return from_values(options, configured | {name: value for name, value in given.items() if name in names})


def trained_on(registry: Registry, heads: Sequence[TrainedHead]) -> str:
    """The reference of the checkpoint that trained heads need, by their cards; empty where they name none.

    A folder counts only where it is still there.
    """
    for head in heads:
        name = "" if head.own_backbone else head.backbone
        there = not is_path(name) or is_folder(at_home(name))
        if name and there and opener_of(registry, name) is not None:
            return name
    return ""


def schemes(registry: Registry) -> tuple[str, ...]:
    """The forms of references that the installed backbones open, for hints."""
    return tuple(f"{item.spec.scheme}:NAME" for item in registry.all(BackboneSpec) if item.spec.scheme)


def _only(registry: Registry, key: str, items: Sequence[Owned[BackboneSpec]], text: str) -> Owned[BackboneSpec]:
    chosen = registry.preferred(key, items)
    if len(chosen) > 1:
        typed = dict.fromkeys(f"{item.distribution}:{text}" for item in chosen)
        way_out = f"type {' or '.join(typed)}" if len(typed) > 1 else f"nlptasks plugins disable {chosen[0].plugin}"
        raise UsageError(
            f"several backbones open {text}: {', '.join(item.qualified for item in chosen)}",
            hint=f"{way_out}, or choose one in the configuration file:\n"
            f'  [prefer]\n  "{key}" = "{chosen[0].distribution}"',
        )
    return chosen[0]


def _refuse_folder(registry: Registry, text: str, folder: Path) -> None:
    """Say why what looks like a folder opens no backbone; a backbone that opens folders may know what it is instead.

    Raises:
        UsageError: Always.
    """
    opening = [item for item in registry.all(BackboneSpec) if item.spec.marker]
    if len(opening) == 1 and is_there(folder):
        what = f"the backbone {opening[0].qualified}"
        inspect = load_object(what, opening[0].spec.inspector)
        with plugin_errors(what):
            inspect(text, backbone_options(registry, opening[0], {}))
    if not is_folder(folder):
        reason = "it is a file" if is_there(folder) else "there is no such folder"
        known = ", ".join(("a folder", *schemes(registry), "or a name of 'nlptasks backbones list'"))
        raise UsageError(f"{text}: {reason}", hint=f"--backbone takes {known}")
    markers = {item.spec.marker for item in registry.all(BackboneSpec) if item.spec.marker}
    raise UsageError(
        f"{text} holds no checkpoint: no {' and no '.join(sorted(markers | {RECIPE}))}",
        hint="name the folder in which that file lies",
    )
