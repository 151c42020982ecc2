"""Loads what was chosen: the backbone once, and the heads on it."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

from nlptasks._plugins.guard import load_object, plugin_errors, streams_back
from nlptasks._plugins.versions import may_differ, owner_of
from nlptasks._systems.folders import CARD
from nlptasks._systems.forks import survive_forks
from nlptasks._systems.pool import BackbonePool
from nlptasks._systems.system import ChosenHead, LoadedHead, LoadedSystem, System
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.plugin.protocols import HeadContext
from nlptasks.text.display import one_line

#: Characters of a list of labels that an error shows.
_WIDTH = 200


def load_system(system: System, pool: BackbonePool) -> LoadedSystem:
    """Load the backbone, unless the pool has it, and the heads on it.

    Raises:
        NlptasksError: Weights are missing or damaged, or belong to another backbone.
    """
    backbone: Any = None
    if system.backbone is not None:
        backbone = pool.get(system.backbone, system.context)
        streams_back(f"the backbone {system.backbone.qualified}")
    encoder = _encoder(system, backbone)
    fingerprint = "" if encoder is None else encoder.fingerprint()
    heads = tuple(load_head(item, backbone, languages=_languages(item, system)) for item in system.heads)
    survive_forks()
    return LoadedSystem(heads=heads, backbone=backbone, encoder=encoder, fingerprint=fingerprint)


def _encoder(system: System, backbone: Any) -> Any:
    """What encodes for the heads."""
    approximate = getattr(backbone, "approximate", None)
    if system.backbone is None or system.exact or not callable(approximate):
        return backbone
    with plugin_errors(f"the backbone {system.backbone.qualified}"):
        return approximate()


def load_head(chosen: ChosenHead, backbone: Any, *, languages: tuple[str, ...] = ()) -> LoadedHead:
    """Load a head on a loaded backbone.

    Args:
        chosen: The head.
        backbone: The backbone; ``None`` where it needs none.
        languages: The languages that it reads; empty: not known.

    Raises:
        NlptasksError: Its weights are missing or damaged, or belong to another backbone.
    """
    what = f"the head {chosen.name}"
    factory = load_object(what, chosen.head.spec.object)
    if not callable(factory):
        raise NlptasksError(f"{chosen.head.qualified}: {chosen.head.spec.object} is not callable")
    context = HeadContext(
        task=chosen.task,
        backbone=backbone if chosen.head.spec.needs else None,
        options=chosen.options,
        weights=chosen.weights,
    )
    with plugin_errors(what):
        head = factory(context)
        _check_labels(what, head.labels)
    streams_back(what)
    _check_card(chosen, head.labels)
    _tell_version(chosen)
    return LoadedHead(task=chosen.task, name=chosen.name, head=head, languages=languages)


def _check_labels(what: str, labels: Any) -> None:
    if not isinstance(labels, (tuple, list)):
        wrong = f"labels must be a tuple of texts, not of the type {type(labels).__name__}"
    elif not all(isinstance(label, str) for label in labels):
        wrong = "labels must be texts"
    elif repeated := [label for label, times in Counter(labels).items() if times > 1]:
        wrong = f"the label {repeated[0]!r} stands twice in its labels"
    else:
        return
    raise PluginError(f"{what} cannot be used: {wrong}", hint="tell its author")


def _check_card(chosen: ChosenHead, labels: Sequence[str]) -> None:
    """Refuse a card that names other labels than the weights beside it: one of the two was changed after training."""
    said = chosen.card.get("labels") if labels else None
    if said is not None and said != list(labels):
        raise NlptasksError(
            f"{chosen.weights}: {CARD} has the labels {_listed(said)}, and the weights give {_listed(labels)}",
            hint=f"labels belong to the weights, in their order: write those into {CARD}, or train the head again",
        )


def _tell_version(chosen: ChosenHead) -> None:
    """Say where the plugin that trained a head is installed in another version: its weights may mean something else."""
    plugins = chosen.card.get("plugins")
    before = plugins.get("head") if isinstance(plugins, dict) else None
    if isinstance(before, str) and may_differ(before, now := owner_of(chosen.head)):
        line = (
            f"{chosen.weights} was trained with {before}, and {now} is installed; if it predicts "
            "otherwise than it did, train it again or install that version"
        )
        warnings.warn(one_line(line, limit=2000), RuntimeWarning, stacklevel=2)


def _listed(labels: Any) -> str:
    return one_line(json.dumps(labels, ensure_ascii=False), _WIDTH)


def _languages(chosen: ChosenHead, system: System) -> tuple[str, ...]:
    """The languages that a head reads: its own, or its backbone's; nobody knows those that a user trained in."""
    if chosen.weights or system.context.folder:
        return ()
    backbone = system.backbone.spec.languages if system.backbone and chosen.head.spec.needs else ()
    return chosen.head.spec.languages or backbone
