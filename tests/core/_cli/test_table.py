"""The commands of nlptasks itself. That each can be imported and shows its help: ``test_own.py``."""

from __future__ import annotations

from nlptasks._cli.table import COMMANDS


def test_each_has_a_line_of_its_own() -> None:
    lines = [line for _, line in COMMANDS.values()]
    assert len(set(lines)) == len(lines)
    assert all(line.endswith(".") and len(line) < 80 for line in lines)
