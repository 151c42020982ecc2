"""Planted faults: what is wrong, which check catches it, and what that says. A table in docs/ is made of them."""

from __future__ import annotations

import contextlib
from typing import Any

from . import backbones, commands, engines, formats, heads, metrics, observers, spans, tasks, trainers
from .fault import Fault

__all__ = ["FAULTS", "Fault", "forgotten", "of", "table"]

FAULTS: tuple[Fault, ...] = (
    *heads.found(),
    *spans.found(),
    *tasks.found(),
    *backbones.found(),
    *metrics.found(),
    *formats.found(),
    *commands.found(),
    *engines.found(),
    *observers.found(),
    *trainers.found(),
)


def of(kind: str) -> list[Any]:
    """The faults of a kind as parameters of a test."""
    import pytest

    return [pytest.param(fault, id=fault.fault) for fault in FAULTS if fault.kind == kind]


@contextlib.contextmanager
def forgotten():
    """What a planted fault kept in its module is of that one test."""
    heads.KEPT.clear()
    yield
    heads.KEPT.clear()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def table() -> str:
    """The page of the reference that says what the checks catch."""
    lines = [
        "<!-- Written by tests/core/testing/test_faults.py from the planted faults; do not edit. -->",
        "",
        "# What the checks of plugins catch",
        "",
        "`nlptasks plugins check NAME` and the functions of `nlptasks.testing` find each of these faults, which the",
        "tests of nlptasks plant one by one. A message is shown where it begins to tell them apart.",
        "",
        "| fault | caught by | message |",
        "|---|---|---|",
        *(f"| {fault.fault} | `check_{fault.kind}` | ... {_cell(fault.says)} ... |" for fault in FAULTS),
    ]
    return "\n".join(lines) + "\n"
