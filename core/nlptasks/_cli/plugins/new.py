"""``nlptasks plugins new``: writes a distribution with one working plugin."""

from __future__ import annotations

import importlib.util
import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._version import __version__
from nlptasks.errors import UsageError
from nlptasks.files.names import is_there

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")

#: Template of each file, by its place in the new folder.
_FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "src/$package/__init__.py": "plugin.py.tmpl",
    "src/$package/head.py": "head.py.tmpl",
    "tests/test_$package.py": "test.py.tmpl",
}


@click.command(cls=OnceCommand)
@click.argument("name")
@click.option("--kind", type=click.Choice(["head"]), required=True, help="What the plugin brings.")
def new(name: str, kind: str) -> None:
    """Write a distribution called NAME into a new folder of that name.

    It works as it is: a sentiment head that counts words, with an option, a test and a README.
    """
    package = _package(name)
    folder = Path(name)
    if is_there(folder):
        raise UsageError(f"{folder} exists already", hint="choose another name, or remove it")
    major, minor = (int(part) for part in __version__.split(".")[:2])
    values = {"name": name, "package": package, "floor": f"{major}.{minor}", "ceiling": f"{major + 1}"}
    for place, template in _FILES.items():
        source = files("nlptasks") / "_scaffold" / kind / template
        target = folder / Template(place).substitute(values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")
    click.echo(f"wrote {folder}; try it:")
    for command in ("pytest", "nlptasks plugins check", "pip install -e"):
        click.echo(f"  {command} {folder}")


def _package(name: str) -> str:
    """Return the import package of a distribution, one that hides no other module."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a plugin", hint="use lower-case letters, digits and '-', a letter first"
        )
    package = name.replace("-", "_")
    if keyword.iskeyword(package) or importlib.util.find_spec(package) is not None:
        raise UsageError(f"there already is a Python module named {package!r}", hint="choose another name")
    return package
