"""``nlptasks`` on the public index is somebody else's: nothing that is made here may ask an installer for it."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from nlptasks._cli.plugins.new import kinds, new
from nlptasks._names import DISTRIBUTION, spelled

ROOT = Path(__file__).parents[2]

CODE = ("core", "plugins", "tasks", "benchmarks", "examples")

#: Files that tell people or programs what to install.
TOLD = [
    *ROOT.glob("*.md"),
    *ROOT.glob("constraints*.txt"),
    *(ROOT / "docs").rglob("*.md"),
    *(path for folder in CODE for path in (ROOT / folder).rglob("*.py")),
    *(ROOT / "core").rglob("*.tmpl"),
]


def required(pyproject: Path) -> list[str]:
    """What a project asks for, its extras and its build included."""
    found = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project = found["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [
        *project.get("dependencies", []),
        *(text for extra in extras for text in extra),
        *found["build-system"]["requires"],
    ]


def named(requirements: list[str]) -> set[str]:
    return {spelled(Requirement(text).name) for text in requirements}


def test_neither_this_project_nor_its_example_asks_for_it() -> None:
    assert "nlptasks" not in named(required(ROOT / "pyproject.toml"))
    assert "nlptasks" not in named(metadata.requires(DISTRIBUTION) or [])
    example = named(required(ROOT / "examples" / "nlptasks-emphasis" / "pyproject.toml"))
    assert DISTRIBUTION in example
    assert "nlptasks" not in example


@pytest.mark.parametrize("kind", kinds())
def test_a_new_plugin_asks_for_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(new, ["zoo-mood", "--kind", kind])
    assert done.exit_code == 0, done.output
    found = named(required(tmp_path / "zoo-mood" / "pyproject.toml"))
    assert DISTRIBUTION in found
    assert "nlptasks" not in found


@pytest.mark.parametrize("path", TOLD, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_is_told_to_install_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    asked = re.findall(r"(?:pip install|plugins install)[^\n`&]*?[ '\"](nlptasks)(?![\w.-])", text)
    assert not asked
    assert not re.findall(r"['\"`]nlptasks(?:\[|[<>=~]=)", text)
