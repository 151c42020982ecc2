"""The example plugin of another author, found through its metadata by the real command."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "nlptasks-emphasis"
PROJECT = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def command(tmp_path):
    """Run ``nlptasks`` with the example on the path, as if pip had installed it; it also logs its runs."""
    info = tmp_path / "site" / "nlptasks_emphasis-0.1.0.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {PROJECT['name']}", f"Version: {PROJECT['version']}"]
    lines += [f"Requires-Dist: {text}" for text in PROJECT["dependencies"]]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    entries = PROJECT["entry-points"]["nlptasks"].items()
    (info / "entry_points.txt").write_text(
        "\n".join(["[nlptasks]", *(f"{name} = {module}" for name, module in entries)])
    )
    (tmp_path / "config.toml").touch()
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(info.parent), str(EXAMPLE)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NLPTASKS_CONFIG": str(tmp_path / "config.toml"),
        "NLPTASKS_EMPHASIS_LOG": "log",
    }

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nlptasks", *args],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

    return run


def test_it_is_listed_and_fits_this_version(command):
    (record,) = [r for r in json.loads(command("plugins", "list", "--check", "--json").stdout) if r["id"] == "emphasis"]
    assert (record["distribution"], record["state"]) == ("nlptasks-emphasis", "loaded")
    assert record["provides"] == ["heads.sentiment.emphasis"]


def test_plugins_check_finds_nothing_wrong(command):
    assert command("plugins", "check", "emphasis").stdout == (
        "emphasis: head sentiment:emphasis: ok\nemphasis: observer: ok\n"
    )


def test_its_head_answers_and_its_observer_counts(command, tmp_path):
    with (tmp_path / "data.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text"], ["I would not recommend it"], ["Not bad, VERY happy"], ["It is slow!"]])
    done = command("--strict", "run", "sentiment", "--head", "emphasis", "--data", "data.csv", "--output", "out.csv")
    assert "sentiment (head nlptasks-emphasis:emphasis): 3 predictions" in done.stderr
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["sentiment"] for row in csv.DictReader(file)] == ["negative", "positive", "negative"]
    assert (tmp_path / "log").read_text() == "3\tout.csv\n"


def test_its_options_are_flags(command):
    assert "--negation-reach" in command("run", "sentiment", "--help").stdout


def test_it_fits_on_a_screen():
    assert len((EXAMPLE / "nlptasks_emphasis.py").read_text(encoding="utf-8").splitlines()) <= 80
