"""How a delimited file is written: its delimiter, its quotes, and what escapes a quote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

NONE = "none"
BACKSLASH = "\\"

#: Stands for a delimiter of several characters, which ``csv.reader`` has no notion of; Unicode reserves it for uses
#: like this, and no text holds it.
_STAND_IN = "\ufdd0"

#: Delimiters that a terminal does not show, and how people write them.
SHOWN = {"\t": "tab", "\x1f": "\\x1f", "\x1e": "\\x1e", "\x01": "\\x01", "\x02": "\\x02"}


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart; an empty delimiter, quote or escape is not known.

    Args:
        delimiter: What stands between cells.
        quote: The quote character, or ``none``.
        escape: A character that makes the next one mean itself, or ``none``.
        blanks: Whether blanks behind a delimiter are no part of the cell.
    """

    delimiter: str
    quote: str
    escape: str = NONE
    blanks: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be found out."""
        return bool(self.delimiter and self.quote and self.escape)

    def records(self, lines: Iterable[str]) -> Any:
        """The ``csv.reader`` of some lines, or what reads as one."""
        if len(self.delimiter) > 1:
            return _MarkedRecords(self, lines)
        settings: dict[str, Any] = {"delimiter": self.delimiter, "strict": True, "skipinitialspace": self.blanks}
        if self.quote == NONE:
            settings["quoting"] = csv.QUOTE_NONE
        else:
            settings["quotechar"] = self.quote
        if self.escapes:
            settings["escapechar"] = self.escape  # doubled quotes stay quotes, where a file has both
            lines = self._literal(lines)
        return csv.reader(lines, **settings)

    @property
    def escapes(self) -> bool:
        """Whether there is an escape character."""
        return self.escape not in {"", NONE}

    def notes(self, usual: str) -> tuple[str, ...]:
        """What differs from the usual delimiter and doubled double quotes."""
        told = {
            f"delimiter: {SHOWN.get(self.delimiter, self.delimiter)}": self.delimiter != usual,
            f"quotes: {self.quote}": self.quote != '"',
            f"escape: {self.escape}": self.escapes,
            "blanks behind a delimiter are no part of the cells": self.blanks,
        }
        return tuple(note for note, holds in told.items() if holds)

    def _literal(self, lines: Iterable[str]) -> Iterator[str]:
        r"""Lines in which an escape that escapes nothing (``C:\temp``) is doubled, since csv.reader would drop it."""
        special = re.escape("".join({self.delimiter, self.escape, "" if self.quote == NONE else self.quote}))
        escape = re.escape(self.escape)
        pair = re.compile(f"{escape}(?:[{special}\r\n])|{escape}", re.DOTALL)
        for line in lines:
            yield pair.sub(_doubled, line) if self.escape in line else line


class _MarkedRecords:
    """Records whose delimiter has several characters."""

    def __init__(self, dialect: Dialect, lines: Iterable[str]) -> None:
        self._delimiter = dialect.delimiter
        marked = (line.replace(self._delimiter, _STAND_IN) for line in lines)
        self._reader = replace(dialect, delimiter=_STAND_IN).records(marked)

    @property
    def line_num(self) -> int:
        """As that of ``csv.reader``: lines that were read."""
        return int(self._reader.line_num)

    def __iter__(self) -> Iterator[list[str]]:
        for cells in self._reader:
            yield [cell.replace(_STAND_IN, self._delimiter) for cell in cells]


def _doubled(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else found[0] * 2


def open_quote(text: str, dialect: Dialect) -> int | None:
    """Line of the text, from 0, on which a quote opens that is not closed in it."""
    if dialect.quote == NONE:
        return None
    quote = re.escape(dialect.quote)
    edge = f"(?:^|{re.escape(dialect.delimiter)}|[\n\r]){' *' if dialect.blanks else ''}"
    escaped = f"{re.escape(dialect.escape)}.|" if dialect.escapes else ""
    # A cell that is quoted to its end, or one that is not; both take linear time.
    plain = f"[^{quote}{re.escape(dialect.escape) if dialect.escapes else ''}]+"
    cell = re.compile(f"{edge}{quote}(?:{escaped}{plain}|{quote}{quote})*+({quote})?", re.DOTALL)
    for found in cell.finditer(text):
        if not found[1]:
            opened = text[: found.end()].index(dialect.quote, found.start())
            before = text[:opened]
            return before.count("\n") + before.count("\r") - before.count("\r\n")
    return None
