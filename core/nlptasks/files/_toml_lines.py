"""Finds on which line each key of a TOML file stands; for files that were parsed, since it checks nothing itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

#: A key, part by part, with the numbers of the items of lists, from 0.
Key = tuple[str | int, ...]

#: Texts of several lines come first: what stands in them is no key.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\n\[\]{}=,.]"
    r"|[^\s\"'\#\[\]{}=,.]+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Key, int]:
    """The lines of all keys, tables and items of lists, from 1; of a table that is opened twice, the first."""
    return _Scan(text).lines


class _Scan:
    """Walks over the tokens of a file.

    Attributes:
        lines: What was found.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[Key, int] = {}
        self._tokens = _tokens(text)
        self._latest: dict[Key, int] = {}  # number of the last table of each list of tables
        self._token, self._line = "", 1
        self._step()
        table: Key = ()
        while self._token:
            if self._token == "\n":
                self._step()
            elif self._token == "[":
                table = self._header()
            else:
                self._pair(table)

    def _step(self) -> None:
        self._token, self._line = next(self._tokens, ("", self._line))

    def _skip_breaks(self) -> None:
        while self._token == "\n":
            self._step()

    def _header(self) -> Key:
        line = self._line
        self._step()
        several = self._token == "["
        if several:
            self._step()
        *outer, last = self._key()
        table: Key = ()
        for part in outer:
            table = self._in_latest((*table, part))
        table = (*table, last)
        if several:
            self.lines.setdefault(table, line)
            self._latest[table] = self._latest.get(table, -1) + 1
        table = self._in_latest(table)
        self.lines.setdefault(table, line)
        while self._token == "]":
            self._step()
        return table

    def _in_latest(self, table: Key) -> Key:
        return (*table, self._latest[table]) if table in self._latest else table

    def _key(self) -> list[str]:
        parts = []
        while self._token not in ("=", "]", ""):
            if self._token != ".":
                parts.append(_plain(self._token))
            self._step()
        return parts

    def _pair(self, table: Key) -> None:
        line = self._line
        place = table
        for part in self._key():
            place = (*place, part)
            self.lines.setdefault(place, line)
        self._step()
        self._value(place)

    def _value(self, place: Key) -> None:
        if self._token == "{":
            self._inside("}", place)
        elif self._token == "[":
            self._inside("]", place)
        else:
            while self._token not in (",", "]", "}", "\n", ""):
                self._step()

    def _inside(self, end: str, place: Key) -> None:
        """The pairs of a table in braces, or the items of a list."""
        number = 0
        self._step()
        self._skip_breaks()
        while self._token not in (end, ""):
            if self._token == ",":
                self._step()
            elif end == "}":
                self._pair(place)
            else:
                self.lines[(*place, number)] = self._line
                self._value((*place, number))
                number += 1
            self._skip_breaks()
        self._step()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """The tokens with their lines, without comments."""
    line, at = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        if not found[0].startswith("#"):
            yield found[0], line


def _plain(part: str) -> str:
    """A part of a key without its quotes and escapes."""
    return str(tomllib.loads(f"key = {part}")["key"]) if part[0] in "\"'" else part
