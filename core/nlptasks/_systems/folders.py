"""What ``nlptasks train`` leaves in a folder, as later commands find it: heads, and backbones that were fine-tuned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks.errors import UsageError
from nlptasks.files.names import is_file
from nlptasks.files.whole import whole_text
from nlptasks.plugin import GENERATE, SCORE, TaskSpec
from nlptasks.training.recipes import RECIPE, read_recipe

#: What a folder of trained weights says about itself.
CARD = "head.json"


@dataclass(frozen=True, kw_only=True)
class TrainedHead:
    """The folder of a trained head, with its card, which is read once.

    Args:
        folder: The folder.
        card: What its ``head.json`` says.
    """

    folder: Path
    card: Mapping[str, Any]

    @property
    def head(self) -> str:
        """Qualified name of the head that can read it."""
        return str(self.card["head"])

    @property
    def backbone(self) -> str:
        """Name or reference of the backbone that it was trained on; empty where it is not said."""
        return str((self.card.get("backbone") or {}).get("name", ""))

    @property
    def own_backbone(self) -> Path | None:
        """The backbone that lies in the folder; ``None`` where the head was trained on an installed one."""
        inner = (self.card.get("backbone") or {}).get("folder")
        return self.folder / str(inner) if inner else None


@dataclass(frozen=True, kw_only=True)
class NamedBackbone:
    """What ``--backbone`` or a trained head names, where that is no checkpoint.

    Args:
        name: The backbone's name; empty where any will do.
        folder: The folder of its weights; ``None`` for its own.
        made: Capabilities that it has from its training, whatever the installed one can do.
    """

    name: str = ""
    folder: Path | None = None
    made: frozenset[str] = frozenset()


def head_folder(head: str) -> Path | None:
    """The folder that ``--head`` names: anything with a slash, or a folder that is there."""
    looks_like_path = "/" in head or "\\" in head or (bool(head) and is_file(Path(head) / CARD))
    return Path(head) if looks_like_path else None


def trained_head(folder: Path, task: TaskSpec) -> TrainedHead:
    """Read the card of a trained head.

    Raises:
        UsageError: It is no such folder, or one for another task.
    """
    found = _read(folder)
    if found.card.get("task") != task.name:
        raise UsageError(
            f"{folder} holds a head for the task {found.card.get('task')!r}, not {task.name!r}",
            hint=f"nlptasks run {found.card.get('task')} --head {folder} --data FILE",
        )
    return found


def named_backbone(heads: Sequence[TrainedHead], backbone: str) -> NamedBackbone:
    """Which backbone to open, and from which folder.

    Args:
        heads: The trained heads that it is for.
        backbone: What ``--backbone`` names: a backbone, or a folder that ``nlptasks train`` made; empty: nothing.

    Raises:
        UsageError: Two heads have different backbones of their own, or ``--backbone`` is another one.
    """
    named = _at(heads, backbone)
    own = [(head, folder) for head in heads if (folder := head.own_backbone)]
    for head, folder in own:
        first, other = own[0]
        if not _same(folder, other):
            raise UsageError(
                f"the heads in {first.folder} and {head.folder} have each a backbone of their own, and one run opens "
                "one backbone",
                hint="run one after the other",
            )
        if backbone and (named.folder is None or not _same(folder, named.folder)):
            raise UsageError(
                f"the head in {head.folder} has a backbone of its own, and --backbone names another: {backbone}",
                hint="leave --backbone out",
            )
    if own and not backbone:
        return NamedBackbone(name=own[0][0].backbone, folder=own[0][1], made=_made_in(own[0][1]))
    return named


def _at(heads: Sequence[TrainedHead], backbone: str) -> NamedBackbone:
    """What ``--backbone`` names: an installed backbone, a backbone's folder, or a trained head's with one in it."""
    folder = Path(backbone)
    if backbone and is_file(folder / CARD):
        known = next((head for head in heads if _same(head.folder, folder)), None) or _read(folder)
        if known.own_backbone is None:
            raise UsageError(
                f"{backbone} holds a head without a backbone of its own: it was trained on '{known.backbone}'",
                hint=f"--backbone {known.backbone}, or the folder as --head {backbone}",
            )
        folder = known.own_backbone
    if not backbone or not is_file(folder / RECIPE):
        return NamedBackbone(name=backbone)
    return NamedBackbone(name=read_recipe(folder / RECIPE).backbone, folder=folder, made=_made_in(folder))


def _read(folder: Path) -> TrainedHead:
    path = folder / CARD
    try:
        card = json.loads(whole_text(path))
        if not isinstance(card, dict) or not isinstance(card.get("head"), str):
            raise ValueError("it names no head")
        if wrong := _wrong(card):
            raise ValueError(f"its {wrong}")
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"{folder} is not the folder of a trained head: {path}: {reason}",
            hint="`nlptasks train TASK --data FILE --output FOLDER` makes one",
        ) from error
    return TrainedHead(folder=folder, card=card)


def _wrong(card: Mapping[str, Any]) -> str:
    """What is wrong with a card, as far as it is read here: the head reads the rest, and says what is wrong with it."""
    for key in ("data", "validation"):
        if not isinstance(card.get(key, []), list):
            return f"{key!r} is no list"
    backbone = card.get("backbone") or {}
    if not isinstance(backbone, dict):
        return "'backbone' is no mapping"
    return next(
        (f"backbone has a {key!r} that is no text" for key in ("name", "folder") if not _is_text(backbone.get(key))), ""
    )


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _made_in(folder: Path) -> frozenset[str]:
    trained = read_recipe(folder / RECIPE).trains == "decoder"
    return frozenset({GENERATE, SCORE}) if trained else frozenset()


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
