"""The steps of a run, as ``--verbose`` tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.observers import Observers
from nlptasks._running.run import run
from nlptasks._settings.groups import TableSource, TableTarget


def test_each_step_and_each_block_is_a_line(here, worded, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("text\ngood\nbad\n")
    source = TableSource(data=str(tmp_path / "a.csv"), more=(str(tmp_path / "b.csv"),))
    target = TableTarget(output=str(tmp_path / "out.csv"))
    lines: list[str] = []
    observers = Observers(load_plugins(Config(allow=frozenset())).manager, pytest.fail)
    run(here, worded, source, target, observers, told=lines.append, verbose=True)
    assert lines[0].endswith("a.csv and 1 other file: 2 files, 28 bytes; columns text, file")
    assert lines[1:3] == ["sentiment reads text from 'text'", f"writing {tmp_path / 'out.csv'}"]
    assert lines[3].startswith("loaded acme:worded in ")
    assert lines[4].startswith("4 rows in ")
    assert lines[4].endswith("b.csv:3")
