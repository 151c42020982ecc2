"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nlptasks._cli.main import run_command

#: Plugins of the zoo that do not load.
FAILING = (
    *("broken_import", "exits_at_import", "misspelt_hook", "wrong_descriptor", "raising_hook", "late_failure"),
    "raises_at_import",
)

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


@pytest.fixture
def failing() -> tuple[str, ...]:
    """The plugins of the zoo that do not load."""
    return FAILING


@pytest.fixture
def zoo(site):
    """Every bad plugin at once, and a good and a slow one."""
    for name in FAILING:
        site.add(name)
    site.add("good")
    site.add("slow_import")
    site.add("noisy_import", requires=["nlptasks-toolkit>=99"])
    site.add("rival", entry="mood")
    site.add_metadata("zoo-other", {"mood": "zoo_rival"})
    return site
