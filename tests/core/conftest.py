"""Fake distributions, made of the plugins in ``tests/zoo``."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest

ZOO = Path(__file__).parents[1] / "zoo"


@dataclass
class Site:
    """A folder like site-packages."""

    folder: Path
    config: Path
    entries: list[str] = field(default_factory=list)

    def add(
        self, plugin: str, *, entry: str = "", distribution: str = "", requires: Sequence[str] = (), python: str = ""
    ) -> str:
        """Install the zoo's ``plugin`` and return its module."""
        module = f"zoo_{plugin}"
        shutil.copy(ZOO / f"{module}.py", self.folder)
        target = f"{module}:plugin" if plugin == "unhashable" else module
        self.add_metadata(
            distribution or module.replace("_", "-"), {entry or plugin: target}, requires=requires, python=python
        )
        return module

    def add_metadata(
        self, distribution: str, entries: dict[str, str], *, requires: Sequence[str] = (), python: str = ""
    ) -> None:
        """Install the metadata of a distribution."""
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {distribution}", "Version: 1.0"]
        lines += [f"Requires-Dist: {text}" for text in requires] + ([f"Requires-Python: {python}"] if python else [])
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        (info / "entry_points.txt").write_text("\n".join(["[nlptasks]", *(f"{k} = {v}" for k, v in entries.items())]))
        self.entries += entries

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a command that sees these plugins and no others."""
        if not self.config.exists():
            self.config.touch()
        return os.environ | {
            "PYTHONPATH": str(self.folder),
            "NLPTASKS_CONFIG": str(self.config),
            "NLPTASKS_PLUGINS": ",".join(self.entries),
            "XDG_STATE_HOME": str(self.config.with_name("state")),
            "XDG_CONFIG_HOME": str(self.config.with_name("home")),
            **more,
        }

    def run(self, *args: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the real command."""
        return subprocess.run(
            [sys.executable, "-m", "nlptasks", *args],
            env=self.environment(**more),
            cwd=cwd or self.folder.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty site, on ``sys.path`` too; zoo plugins that a test imports are forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield Site(folder, tmp_path / "config.toml")
    for name in [name for name in sys.modules if name.startswith("zoo_")]:
        del sys.modules[name]


@pytest.fixture
def undocumented() -> Callable[[type], set[str]]:
    """A function that returns the fields of a dataclass which its docstring, and those of its bases, do not tell."""

    def found(kind: type) -> set[str]:
        told = "\n".join(inspect.getdoc(base) or "" for base in kind.__mro__)
        return {item.name for item in fields(kind)} - set(re.findall(r"^ {4}(\w+): ", told, re.MULTILINE))

    return found
