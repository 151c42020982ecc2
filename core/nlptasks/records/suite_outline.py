"""What a listing says of a suite, without what only those need who run it: pydantic takes longer than a listing may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nlptasks.errors import PluginError, UsageError
from nlptasks.files.names import is_folder
from nlptasks.files.yaml import LocatedValue, read_yaml
from nlptasks.plugin import BenchmarkSpec

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Registry
    from nlptasks.records.suites import Suite

__all__ = ["SuiteOutline", "outline_of", "outline_suite", "packaged"]

_Read = TypeVar("_Read", "Suite", "SuiteOutline")

_KEYS = frozenset(("name", "summary", "version", "ships", "datasets"))

#: The fields of :class:`nlptasks.records.suites.Card`, whose module takes longer to import than a suite to read.
_CARD_KEYS = frozenset((
    "name", "task", "file", "sha256", "n", "split", "source", "revision", "licence", "hub", "columns", "gold", "id",
    "cluster", "meta", "language", "options", "head", "metrics", "primary", "floor", "ceiling", "notes", "version",
    "retired", "earlier", "public",
))  # fmt: skip
_NEEDED = ("name", "task", "file", "sha256")


@dataclass(frozen=True, kw_only=True)
class SuiteOutline:
    """A suite as listings show it.

    Args:
        name: Its name.
        version: Its version.
        ships: Whether the files lie beside it.
        datasets: Names of its data sets.
        tasks: Their tasks.
    """

    name: str
    version: str
    ships: bool
    datasets: tuple[str, ...]
    tasks: tuple[str, ...]


def outline_of(path: Path) -> SuiteOutline:
    """Read what listings show of a suite. A file whose keys are not those of a suite is checked in full.

    Raises:
        UsageError: The file cannot be read, or is no suite.
    """
    data = read_yaml(path, "suite")
    if _has_the_shape(data):
        values, cards = data.values, [item.values for item in data.values["datasets"]]
        return SuiteOutline(
            name=values["name"],
            version=str(values.get("version", "1")) or "1",
            ships=values.get("ships", True),
            datasets=tuple(card["name"] for card in cards),
            tasks=tuple(card["task"] for card in cards),
        )
    from nlptasks.records._suite_reader import parse_suite

    suite = parse_suite(path, packaged=True)
    return SuiteOutline(
        name=suite.name,
        version=suite.version,
        ships=suite.ships,
        datasets=tuple(card.name for card in suite.datasets),
        tasks=tuple(card.task for card in suite.datasets),
    )


def outline_suite(registry: Registry, name: str) -> SuiteOutline:
    """Read what a listing says of a benchmark's suite, in a fraction of the time of a whole reading.

    Only the shape of a suite is checked: its keys, and the texts that each data set needs.

    Args:
        registry: What is installed.
        name: Name of the benchmark.

    Raises:
        UsageError: There is no such benchmark.
        PluginError: Its suite is not in its package, or has not the shape of one.
    """
    return packaged(registry, name, outline_of)


def packaged(registry: Registry, name: str, read: Callable[[Path], _Read]) -> _Read:
    """Read a suite from a plugin's package; whatever is wrong with it names the plugin."""
    item = registry.get(BenchmarkSpec, name)
    whose = f"the benchmark '{item.spec.name}' of {item.distribution}"
    package, _, file = item.spec.suite.partition(":")
    if ".." in Path(file).parts or Path(file).is_absolute():
        raise PluginError(f"{whose}: its suite {item.spec.suite!r} lies outside its package")
    try:
        suite = read(_package_folder(package, whose) / file)
    except UsageError as error:
        raise PluginError(f"{whose}: {error.message}", hint=error.hint) from error
    if suite.name != item.spec.name:
        raise PluginError(f"{whose}: its suite calls itself '{suite.name}'", hint=f"write name: {item.spec.name}")
    return suite


def _package_folder(name: str, whose: str) -> Path:
    """Folder of a package, or the one in which a single module lies."""
    import importlib

    try:
        module = importlib.import_module(name)
        places = list(getattr(module, "__path__", ()))
        folder = Path(places[0]) if places else Path(str(module.__file__)).parent
    except Exception as error:
        raise PluginError(f"{whose}: cannot import {name!r}: {type(error).__name__}: {error}") from error
    if not is_folder(folder):
        raise PluginError(f"{whose}: {name!r} lies in an archive", hint="install it as files")
    return folder


def _has_the_shape(data: object) -> bool:
    if not isinstance(data, LocatedValue) or not _KEYS.issuperset(data.values) or not _is_text(data.values.get("name")):
        return False
    items, version, ships = (data.values.get(key) for key in ("datasets", "version", "ships"))
    plain = (version is None or type(version) in (str, int)) and (ships is None or isinstance(ships, bool))
    return plain and "datasets" in data.values and isinstance(items, list) and bool(items) and all(map(_is_card, items))


def _is_card(item: object) -> bool:
    return (
        isinstance(item, LocatedValue)
        and _CARD_KEYS.issuperset(item.values)
        and all(_is_text(item.values.get(key)) for key in _NEEDED)
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value == value.strip() != ""
