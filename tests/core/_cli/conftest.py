"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nlptasks._cli.main import run_command

Nlptasks = Callable[..., tuple[int, str, str]]


@pytest.fixture
def nlptasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nlptasks:
    """Runs a command in an empty folder: its exit code, standard output and standard error."""
    config = tmp_path / "config.toml"
    config.touch()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("NLPTASKS_CONFIG", str(config))
    monkeypatch.setenv("NLPTASKS_PLUGINS", "")

    def run(*args: str) -> tuple[int, str, str]:
        code = run_command(args)
        return code, *capsys.readouterr()

    return run
