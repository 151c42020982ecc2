"""How a delimited file is written: its delimiter and its quotes, found from its first records."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NONE = "none"
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 1000
_SAMPLE_CHARACTERS = 1 << 20

#: Share of the records that must be as wide as the header.
_LIKELY = 0.5


@dataclass(frozen=True)
class Dialect:
    """A delimiter and a quote character, or ``none``; empty: not known."""

    delimiter: str
    quote: str

    def arguments(self) -> dict[str, Any]:
        """What ``csv.reader`` is called with."""
        if self.quote == NONE:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE, "strict": True}
        return {"delimiter": self.delimiter, "quotechar": self.quote, "strict": True}

    def notes(self, usual: str) -> tuple[str, ...]:
        """What differs from the usual delimiter and double quotes."""
        notes = []
        if self.delimiter != usual:
            notes.append(f"delimiter: {'tab' if self.delimiter == chr(9) else self.delimiter}")
        if self.quote != '"':
            notes.append(f"quotes: {self.quote}")
        return tuple(notes)


@dataclass(frozen=True)
class _Trial:
    """What became of the sample under a dialect."""

    dialect: Dialect
    width: int
    share: float
    error: str

    @property
    def consistent(self) -> bool:
        return not self.error and self.width > 1 and self.share == 1.0


def sample(lines: Iterator[str]) -> tuple[list[str], bool]:
    """Take the first lines off, and say whether they are all there are."""
    head: list[str] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        if len(head) >= _SAMPLE_LINES or size >= _SAMPLE_CHARACTERS:
            return head, False
    return head, True


def detect(head: list[str], complete: bool, given: Dialect, usual: str) -> Dialect:
    """Fill in what is not given.

    The delimiter is the one that gives every record as many cells as the header has; the usual one where none does.
    Quotes are double quotes unless single quotes, or no quotes at all, fit where they do not.
    """
    if given.delimiter and given.quote:
        return given
    delimiters = [given.delimiter] if given.delimiter else [usual, *(d for d in _DELIMITERS if d != usual)]
    double = _best(head, complete, delimiters, given.quote or '"')
    if given.quote or double.consistent:
        return double.dialect
    single = _best(head, complete, delimiters, "'")
    if single.consistent and _shows_quotes(head, single.dialect.delimiter, "'"):
        return single.dialect
    bare = _best(head, complete, delimiters, NONE)
    if double.error and bare.consistent and _quotes_mean_nothing(head, double, bare):
        return bare.dialect
    return double.dialect


def _quotes_mean_nothing(head: list[str], double: _Trial, bare: _Trial) -> bool:
    """A cell that is quoted from end to end says that quotes count; one that is never closed may be a slip in CSV."""
    delimiter = bare.dialect.delimiter
    unclosed = "unexpected end" in double.error
    return (delimiter == "\t" or not unclosed) and not _shows_quotes(head, delimiter, '"', within=delimiter)


def _shows_quotes(head: list[str], delimiter: str, quote: str, *, within: str = "") -> bool:
    """Whether a line has quotes at both ends of a cell, blanks aside; the cell does not contain ``within``."""
    edge = re.escape(delimiter)
    inside = f"[^{re.escape(within)}]*" if within else ".*"
    cell = re.compile(f"(?:^|{edge}) *{quote}{inside}{quote} *(?:{edge}|$)", re.MULTILINE)
    return any(cell.search(line.rstrip("\r\n")) for line in head)


def _best(head: list[str], complete: bool, delimiters: list[str], quote: str) -> _Trial:
    trials = [_try(head, complete, Dialect(delimiter, quote)) for delimiter in delimiters]
    likely = (trial for trial in trials if trial.width > 1 and trial.share > _LIKELY)
    return max(likely, key=lambda trial: (trial.share, trial.width), default=trials[0])


def _try(head: list[str], complete: bool, dialect: Dialect) -> _Trial:
    widths: list[int] = []
    error = ""
    try:
        records = csv.reader(head, **dialect.arguments())
        # What was read before an error stays in the list.
        widths.extend(len(cells) for cells in records if any(cell.strip() for cell in cells))
    except csv.Error as problem:
        # The last record of a sample may be cut off.
        error = "" if not complete and "unexpected end" in str(problem) and len(widths) > 1 else str(problem)
    if not widths:
        return _Trial(dialect, 0, 0.0, error)
    share = Counter(widths)[widths[0]] / len(widths)
    return _Trial(dialect, widths[0], share, error)


def open_quote(text: str, dialect: Dialect) -> int | None:
    """Line of the text, from 0, on which a quote opens that is not closed in it."""
    if dialect.quote == NONE:
        return None
    line, opened, closed, previous = 0, -1, -1, "\n"
    for character in text:
        line += previous == "\n" or (previous == "\r" and character != "\n")
        if character == dialect.quote and opened >= 0:
            opened, closed = -1, opened
        elif character == dialect.quote and previous == dialect.quote and closed >= 0:
            # Doubled: the cell that seemed to end goes on.
            opened = closed
        elif opened < 0:
            closed = -1
            if character == dialect.quote and previous in {dialect.delimiter, "\n", "\r"}:
                opened = line
        previous = character
    return opened - 1 if opened >= 0 else None
