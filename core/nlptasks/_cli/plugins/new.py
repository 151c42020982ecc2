"""``nlptasks plugins new``: writes a distribution with one working plugin."""

from __future__ import annotations

import importlib.util
import keyword
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._version import __version__
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file, is_there

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")

#: Where the templates are: a folder for each kind, and beside them what all kinds have.
_TEMPLATES = files("nlptasks") / "_scaffold" / "plugins"

#: Where a template goes that is not a module of the package of its own name.
_PLACES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "plugin.py": "src/$package/__init__.py",
    "test.py": "tests/test_$package.py",
}

#: What a kind's README and pyproject.toml say of it.
_ABOUT = "about.toml"

#: What distributions of plugins are often called by first.
_PREFIX = "nlptasks-"

_TEMPLATE = ".tmpl"


def kinds() -> list[str]:
    """What a new plugin may bring: each folder of templates is one."""
    return sorted(folder.name for folder in _TEMPLATES.iterdir() if is_file(str(folder / _ABOUT)))


@click.command(cls=OnceCommand)
@click.argument("name")
@click.option("--kind", type=click.Choice(kinds()), required=True, help="What the plugin brings.")
def new(name: str, kind: str) -> None:
    """Write a distribution called NAME into a new folder of that name.

    It works as it is: something small of its kind, with tests that check it, and a README.
    """
    package = _package(name)
    folder = Path(name)
    if is_there(folder):
        raise UsageError(f"{folder} exists already", hint="choose another name, or remove it")
    major, minor = (int(part) for part in __version__.split(".")[:2])
    values = {"name": name, "package": package, "floor": f"{major}.{minor}", "ceiling": f"{major + 1}"}
    values["short"] = name.removeprefix(_PREFIX)  # 'nlptasks-words' brings what is called 'words'
    about = tomllib.loads((_TEMPLATES / kind / _ABOUT).read_text(encoding="utf-8"))
    values |= {key: Template(text).substitute(values) for key, text in about.items()}
    for source in (*_TEMPLATES.iterdir(), *(_TEMPLATES / kind).iterdir()):
        if is_file(str(source)) and source.name != _ABOUT:
            _write(folder, source, values)
    (folder / "src" / package / "py.typed").touch()
    click.echo(f"wrote {folder}; try it:")
    for command in ("pytest", "nlptasks plugins check", "pip install -e"):
        click.echo(f"  {command} {folder}")


def _write(folder: Path, source: Traversable, values: Mapping[str, str]) -> None:
    """Write a file of the new distribution, from a template or as it is."""
    name = source.name.removesuffix(_TEMPLATE)
    target = folder / Template(_PLACES.get(name, f"src/$package/{name}")).substitute(values)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = source.read_bytes()
    if name != source.name:
        data = Template(data.decode("utf-8")).substitute(values).encode("utf-8")
    target.write_bytes(data)


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
