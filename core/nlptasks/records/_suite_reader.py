"""Makes a :class:`nlptasks.records.suites.Suite` of a YAML file.

And names line and key of whatever is wrong with it.
"""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from nlptasks._names import did_you_mean
from nlptasks.errors import UsageError
from nlptasks.files.yaml import Node, read_yaml
from nlptasks.records.suites import Card, Suite
from nlptasks.text.display import one_line

_WHAT = "suite"

_SUITE = ("name", "summary", "version", "ships", "datasets")
_REQUIRED = ("name", "task", "file", "sha256")

#: The keys of a data set by what they hold.
_TEXT = (
    *("name", "task", "file", "sha256", "split", "source", "revision", "licence", "hub"),
    *("gold", "id", "cluster", "language", "head", "primary"),
)
_TEXTS = ("meta", "metrics", "notes")
_NUMBERS = ("floor", "ceiling")
_CARD = (*_TEXT, "n", "columns", "options", *_TEXTS, *_NUMBERS)

#: Names become names of folders.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_HUB = re.compile(r"[\w.-]+/[\w.-]+")

#: What an option of a head may be, in a list too.
_SCALARS = (str, bool, int, float)


def parse_suite(path: Path, *, packaged: bool = False) -> Suite:
    """Read a suite.

    Args:
        path: The YAML file.
        packaged: Whether it comes from a plugin's package, which its files may not lie outside of.

    Raises:
        UsageError: It cannot be read, or something in it is missing, unknown or of the wrong kind.
    """
    return _Reader(path, packaged).suite(read_yaml(path, _WHAT))


@dataclass(frozen=True)
class _Reader:
    path: Path
    packaged: bool

    def suite(self, data: object) -> Suite:
        if not isinstance(data, Node):
            raise UsageError(
                f"{self.path}: a suite is a mapping, and this is {_kind(data)}",
                hint=f"write its keys at the start of lines: {', '.join(_SUITE)}",
            )
        here = _Place(self.path, data, "")
        here.only(_SUITE)
        here.required(("name", "datasets"))
        ships = here.boolean("ships", default=True)
        cards = tuple(self._cards(here, ships))
        return Suite(
            name=here.name(),
            summary=here.text("summary"),
            version=here.version(),
            datasets=cards,
            ships=ships,
            folder=self.path.parent,
        )

    def _cards(self, suite: _Place, ships: bool) -> Iterable[Card]:
        items = suite.node.values["datasets"]
        if not isinstance(items, list) or not items:
            raise suite.wrong("datasets", "must be a list with a data set or more", "write '- name: ...' below it")
        first: dict[str, int] = {}
        for number, item in enumerate(items, 1):
            if not isinstance(item, Node):
                raise suite.wrong(
                    "datasets", f"has {_kind(item)} as item {number}", f"write a mapping with {', '.join(_REQUIRED)}"
                )
            card = self._card(_Place(self.path, item, f"data set {number}: "), ships)
            line = first.setdefault(card.name.casefold(), item.line)
            if number > len(first):
                raise UsageError(
                    f"{self.path}:{item.line}: two data sets are called '{card.name}', the first on line {line}",
                    hint="give each a name of its own; case does not tell them apart",
                )
            yield card

    def _card(self, here: _Place, ships: bool) -> Card:
        here.only(_CARD)
        here.required(tuple(name for name in _REQUIRED if name != "sha256"))
        file = self._file(here, ships)
        if "sha256" not in here.node.values:
            raise here.error("has no 'sha256'", _paste(self.path.parent / file))
        plain: dict[str, Any] = {name: here.text(name) for name in _TEXT}
        plain |= {name: here.texts(name) for name in _TEXTS} | {name: here.number(name) for name in _NUMBERS}
        checked = {
            "name": here.name(),
            "file": file,
            "sha256": here.matching("sha256", _SHA256, "64 hexadecimal digits", lower=True),
            "language": here.matching("language", _LANGUAGE, "an ISO 639-1 code: two small letters, like de"),
            "hub": here.matching("hub", _HUB, "the id of a data set on the Hub: OWNER/NAME"),
        }
        return Card(**(plain | checked), n=here.count("n"), columns=here.columns(), options=here.options())

    def _file(self, here: _Place, ships: bool) -> str:
        file = here.text("file")
        if not file:
            raise here.wrong("file", "is empty", "give the name of a file")
        parts = PurePosixPath(file), PureWindowsPath(file)
        inside = not any(path.is_absolute() or path.drive or ".." in path.parts for path in parts)
        if inside or (ships and not self.packaged):
            return file
        where = "the suite's package" if self.packaged and ships else "the data folder"
        raise here.wrong("file", f"leads out of {where}: {one_line(file)}", "give a path below it, without '..'")


def _paste(file: Path) -> str:
    """What to put in place of a hash that is left out: that of the file as it lies there."""
    from nlptasks.files.paths import sha256_of  # few suites lack one

    try:
        return f"the file as it lies there has\nsha256: {sha256_of(file)}"
    except OSError:
        return f"write sha256: and what 'sha256sum {file.name}' prints for the file"


@dataclass(frozen=True)
class _Place:
    """A mapping of the file, for reading its keys.

    Args:
        path: The file.
        node: The mapping.
        title: What errors call it.
    """

    path: Path
    node: Node
    title: str

    def error(self, problem: str, hint: str = "", *, key: str = "") -> UsageError:
        line = self.node.lines.get(key, self.node.line)
        name = self.node.values.get("name")
        title = f"data set '{one_line(name, 80)}': " if self.title and isinstance(name, str) and name else self.title
        return UsageError(f"{self.path}:{line}: {title}{problem}", hint=hint)

    def wrong(self, key: str, problem: str, hint: str) -> UsageError:
        return self.error(f"the key '{key}' {problem}", hint, key=key)

    def only(self, known: tuple[str, ...]) -> None:
        for key in self.node.values:
            if key not in known:
                raise self.error(
                    f"the key {one_line(repr(key), 80)} is not known{did_you_mean(key, known)}",
                    f"known: {', '.join(known)}",
                    key=key,
                )

    def required(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            if self.node.values.get(key) in (None, ""):
                raise self.error(f"has no '{key}'", f"needed: {', '.join(keys)}")

    def text(self, key: str) -> str:
        value = self.node.values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, f"must be a text, and this is {_kind(value)}", "put it in quotes")
        return value.strip()

    def name(self) -> str:
        return self.matching("name", _NAME, "letters, digits, '-', '_' and '.', starting with a letter or digit")

    def matching(self, key: str, pattern: re.Pattern[str], rule: str, *, lower: bool = False) -> str:
        value = self.text(key).lower() if lower else self.text(key)
        if key in self.node.values and not pattern.fullmatch(value):
            raise self.wrong(key, f"must be {rule}, and this is {one_line(repr(value), 80)}", "")
        return value

    def version(self) -> str:
        value = self.node.values.get("version", "1")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text("version") or "1"

    def boolean(self, key: str, *, default: bool) -> bool:
        value = self.node.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, and this is {_kind(value)}", f"write {key}: true")
        return value

    def number(self, key: str) -> float | None:
        value = self.node.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(key, f"must be a number, and this is {_kind(value)}", "leave it out where it is not known")
        return float(value)

    def count(self, key: str) -> int:
        value = self.node.values.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.wrong(
                key, f"must be a number of rows, and this is {_kind(value)}", "leave it out: n is optional"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.node.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, f"must be a list of texts, and this is {_kind(value)}", f'write {key}: ["..."]')
        return tuple(item.strip() for item in value)

    def columns(self) -> Mapping[str, str]:
        values = self._mapping("columns", "text: review")
        for name, value in values.items():
            if not isinstance(value, str):
                raise self.wrong("columns", f"gives '{one_line(name, 80)}' {_kind(value)}", "give a column's name")
        return values

    def options(self) -> Mapping[str, Any]:
        """Options; an option of several words may be written as on the command line or as in Python."""
        values = self._mapping("options", "to: de")
        for name, value in values.items():
            items = value if isinstance(value, list) else [value]
            if not all(isinstance(item, _SCALARS) for item in items):
                raise self.wrong(
                    "options",
                    f"gives '{one_line(name, 80)}' {_kind(value)}",
                    "an option is a text (in quotes), a number, true or false, or a list of these",
                )
        return values

    def _mapping(self, key: str, example: str) -> dict[str, Any]:
        value = self.node.values.get(key, Node())
        if not isinstance(value, Node):
            raise self.wrong(key, f"must be a mapping, and this is {_kind(value)}", f"write {key}: {{{example}}}")
        return dict(value.values)


def _kind(value: object) -> str:
    """What a value is, in words, with the value itself where it is short."""
    if value is None:
        return "empty"
    if isinstance(value, Node):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    words = {str: "the text", bool: "the truth value", int: "the number", float: "the number"}
    return f"{words.get(type(value), f'a {type(value).__name__}')} {one_line(reprlib.repr(value), 80)}"
