"""Checks of the arguments of pipelines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from .errors import InputError


def check_names(task: str, settings: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse an argument that a pipeline does not know.

    Raises:
        InputError: There is one.
    """
    for name in settings:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise InputError(
                f"the pipeline {task!r} has no argument {name!r}{meant}", hint=f"it has: {', '.join(sorted(known))}"
            )


def whole_number(name: str, value: Any, *, least: int = 1) -> int:
    """A whole number.

    Raises:
        InputError: It is none, or too small.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"{name} must be a whole number from {least}, got {value!r}", hint=f"give {name}={least + 1}")
    return value
