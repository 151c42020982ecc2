"""What a listing says of a suite, without what only those need who run it: pydantic takes longer than a listing may."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from nlptasks.files.yaml import LocatedValue, read_yaml
from nlptasks.records.suites import Card

_KEYS = frozenset(("name", "summary", "version", "ships", "datasets"))
_CARD_KEYS = frozenset(field.name for field in fields(Card))
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
