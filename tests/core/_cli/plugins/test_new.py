"""``nlptasks plugins new``: what it writes works, and it overwrites nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from nlptasks._cli.plugins.new import kinds, new
from nlptasks.errors import UsageError

CORE = Path(__file__).parents[4] / "core"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A new plugin of each kind, in a folder, by kind."""
    monkeypatch.chdir(tmp_path)
    for kind in kinds():
        done = CliRunner().invoke(new, [f"zoo-new-{kind}", "--kind", kind])
        assert done.exit_code == 0, done.output
        assert f"wrote zoo-new-{kind}; try it:" in done.output
    return {kind: tmp_path / f"zoo-new-{kind}" for kind in kinds()}


def test_there_is_a_new_plugin_of_each_kind():
    assert {
        "head",
        "task",
        "backbone",
        "metric",
        "format",
        "benchmark",
        "pipeline",
        "command",
        "observer",
        "engine",
    } <= {*kinds()}


def test_new_plugins_pass_their_own_tests_which_check_them(written):
    folders = [str(folder) for folder in written.values()]
    sources = os.pathsep.join(f"{folder}/src" for folder in folders)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *folders]
    tests = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": sources}, capture_output=True, text=True, check=False
    )
    assert tests.returncode == 0, tests.stdout
    for kind, folder in written.items():
        (test,) = folder.glob("tests/test_*.py")
        assert f"check_{kind}(" in test.read_text()


@pytest.mark.parametrize(("kind", "most"), [("head", 60), ("metric", 60), ("command", 40)])
def test_a_new_plugin_is_short(written, kind, most):
    lines = [line.strip() for path in written[kind].glob("src/*/*.py") for line in path.read_text().splitlines()]
    assert len([line for line in lines if line and not line.startswith(("#", '"""', "from ", "import "))]) <= most


@pytest.mark.parametrize("kind", kinds())
def test_what_a_distribution_called_nlptasks_words_brings_is_called_words(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(new, ["nlptasks-words", "--kind", kind]).exit_code == 0
    project = tomllib.loads(Path("nlptasks-words/pyproject.toml").read_text())["project"]
    assert project["name"] == "nlptasks-words"
    assert project["entry-points"]["nlptasks"] == {"words": "nlptasks_words"}
    sources = "".join(path.read_text() for path in Path("nlptasks-words").rglob("*.[py][ya]*"))
    assert "nlptasks-words" not in sources


def test_nothing_is_written_over(written):
    done = CliRunner().invoke(new, ["zoo-new-head", "--kind", "head"])
    assert isinstance(done.exception, UsageError)
    assert "zoo-new-head exists already" in str(done.exception)


@pytest.mark.slow
def test_new_plugins_have_strict_types_and_pass_plugins_check(site, written, tmp_path):
    sources = os.pathsep.join(f"{folder}/src" for folder in written.values())
    packages = [part for folder in written.values() for part in ("-p", folder.name.replace("-", "_"))]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *packages],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": f"{sources}{os.pathsep}{CORE}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for kind, folder in written.items():
        done = site.run("plugins", "check", str(folder), NLPTASKS_PLUGINS="tasks,metrics")
        lines = done.stdout.splitlines()
        assert done.returncode == 0, done.stdout + done.stderr
        assert lines
        assert all(line.endswith(": ok") for line in lines), (kind, lines)


@pytest.mark.parametrize("name", ["json", "click", "Upper", "1st", "../up", "a b", "class"])
def test_a_new_plugin_needs_a_name_of_its_own(site, tmp_path, name):
    before = sorted(tmp_path.iterdir())
    done = site.run("plugins", "new", name, "--kind", "head", cwd=tmp_path)
    assert done.returncode == 2
    assert sorted(path for path in tmp_path.iterdir() if path.name != "config.toml") == before
