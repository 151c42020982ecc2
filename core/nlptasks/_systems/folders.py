"""What ``nlptasks train`` leaves in a folder, as later commands find it: heads, and backbones that were fine-tuned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlptasks.errors import UsageError
from nlptasks.plugin import GENERATE, SCORE, TaskSpec
from nlptasks.training.recipes import RECIPE, read_recipe

#: What a folder of trained weights says about itself.
CARD = "head.json"


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


def head_folder(head: str) -> Path | None:
    """The folder that ``--head`` names: anything with a slash, or a folder that is there."""
    looks_like_path = "/" in head or "\\" in head or (bool(head) and (Path(head) / CARD).is_file())
    return Path(head) if looks_like_path else None


def head_in(weights: Path, task: TaskSpec) -> str:
    """Name of the head that can read a folder of trained weights.

    Raises:
        UsageError: It is no such folder, or one for another task.
    """
    card = read_card(weights)
    if card.get("task") != task.name:
        raise UsageError(
            f"{weights} holds a head for the task {card.get('task')!r}, not {task.name!r}",
            hint=f"nlptasks run {card.get('task')} --head {weights} --data FILE",
        )
    return str(card["head"])


def choose_folder(heads: Sequence[Path], backbone: str) -> tuple[str, Path | None]:
    """Which backbone to open, and from which folder.

    Args:
        heads: Folders of the trained heads.
        backbone: What ``--backbone`` names: a backbone, or a folder that ``nlptasks train`` made; empty: nothing.

    Returns:
        The backbone's name, empty where any will do; and the folder of its weights, ``None`` for its own.

    Raises:
        UsageError: Two heads have different backbones of their own, or ``--backbone`` is another one.
    """
    name, folder = _backbone_at(backbone)
    own = {head: found for head in heads if (found := _own_backbone(head))}
    for head, other in own.items():
        first = next(iter(own))
        if not _same(other, own[first]):
            raise UsageError(
                f"the heads in {first} and {head} have each a backbone of their own, and one run opens one backbone",
                hint="run one after the other",
            )
        if backbone and (folder is None or not _same(other, folder)):
            raise UsageError(
                f"the head in {head} has a backbone of its own, and --backbone names another: {backbone}",
                hint="leave --backbone out",
            )
        name, folder = str(read_card(head)["backbone"]["name"]), other
    return name, folder


def _backbone_at(backbone: str) -> tuple[str, Path | None]:
    """Name and folder of what ``--backbone`` names: a trained head's folder with a backbone in it, or a backbone's."""
    if not backbone:
        return "", None
    folder = Path(backbone)
    if (folder / CARD).is_file():
        inner = _own_backbone(folder)
        if inner is None:
            name = read_card(folder).get("backbone", {}).get("name", "")
            raise UsageError(
                f"{backbone} holds a head without a backbone of its own: it was trained on '{name}'",
                hint=f"--backbone {name}, or the folder as --head {backbone}",
            )
        folder = inner
    if not (folder / RECIPE).is_file():
        return backbone, None
    return read_recipe(folder / RECIPE).backbone, folder


def made_in(folder: Path | None) -> frozenset[str]:
    """Capabilities that the backbone in a folder has from its training, whatever the installed one can do."""
    trained = folder is not None and read_recipe(folder / RECIPE).trains == "decoder"
    return frozenset({GENERATE, SCORE}) if trained else frozenset()


def backbone_of(head: Path) -> str:
    """Name or reference of the backbone that a trained head's card gives; empty where it has one of its own.

    Raises:
        UsageError: It is not the folder of a trained head.
    """
    backbone = read_card(head).get("backbone") or {}
    return "" if backbone.get("folder") else str(backbone.get("name", ""))


def _own_backbone(head: Path) -> Path | None:
    """The backbone that lies in the folder of a trained head; ``None`` where it was trained on an installed one."""
    inner = read_card(head).get("backbone", {}).get("folder")
    return head / str(inner) if inner else None


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
