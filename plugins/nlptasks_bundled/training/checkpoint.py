"""Checkpoints: everything that decides how training goes on, and what it must not go on with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import torch

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.training.recipes import Recipe, RecipeJob, RecipeTask

FILE = "checkpoint.pt"

#: Keys of a recipe that do not change what is trained.
DESCRIPTIVE = frozenset({"licence", "source", "zero_shot"})

#: What was trained by which data, by the name of each field.
Identity = Mapping[str, str]


def identity(job: RecipeJob, digest: str) -> Identity:
    """What must be equal for a training to go on: the recipe, the data and the encoder that it starts from."""
    found = {item.name: repr(getattr(job.recipe, item.name)) for item in fields(job.recipe) if item.name != "tasks"}
    for at, task in enumerate(job.tasks, 1):
        found |= {
            f"task[{at}].{item.name}": repr(getattr(task.recipe, item.name))
            for item in fields(task.recipe)
            if item.name not in DESCRIPTIVE
        }
        found |= {f"sha256 of {file.name}": file.sha256 for file in task.files}
    return {**found, "digest of the starting encoder": digest}


def save(folder: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint that replaces the one before it only when it is complete."""
    temporary = folder / f"{FILE}.part"
    with temporary.open("wb") as file:
        torch.save(dict(state), file)
    temporary.replace(folder / FILE)


def load(folder: Path, expected: Identity) -> dict[str, Any] | None:
    """The checkpoint in a folder; ``None`` where there is none.

    Raises:
        UsageError: It is that of another recipe, of other data or of another encoder.
        NlptasksError: It is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        stored: Identity = state["identity"]
    except Exception as error:
        raise NlptasksError(
            f"{path}: no checkpoint can be read here ({error})", hint="remove it to start anew"
        ) from error
    stored = {**_defaults(expected), **stored}
    different = [key for key in {**expected, **stored} if expected.get(key) != stored.get(key)]
    if different:
        key = different[0]
        raise UsageError(
            f"{folder} holds an interrupted training that differs in: {', '.join(different)} "
            f"({key} was {stored.get(key, 'not there')}, and is {expected.get(key, 'not there')})",
            hint=f"give another folder, or remove {path} to start anew",
        )
    return state


def _defaults(expected: Identity) -> dict[str, str]:
    """What a checkpoint says that was written before recipes had some of their keys."""
    values = {
        **{item.name: item for item in fields(Recipe)},
        **{f"task.{item.name}": item for item in fields(RecipeTask)},
    }
    found = {}
    for key in expected:
        item = values.get(re.sub(r"^task\[\d+\]", "task", key))
        if item is not None and item.default is not MISSING:
            found[key] = repr(item.default)
    return found


def device_random(device: torch.device) -> torch.Tensor:
    """State of the device's own random generator; empty on a CPU, whose generator is torch's."""
    if device.type == "cpu":
        return torch.empty(0, dtype=torch.uint8)
    state: torch.Tensor = torch.get_device_module(device).get_rng_state()
    return state.cpu()


def set_device_random(device: torch.device, state: torch.Tensor) -> None:
    """Put back what :func:`device_random` gave."""
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(state)
