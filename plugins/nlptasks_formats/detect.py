"""Finds out how a delimited file is written, from its first records."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlptasks_formats.dialect import BACKSLASH, NONE, Dialect

#: Delimiters that people use, and ones that some systems write because no text holds them.
_DELIMITERS = (",", ";", "\t", "|")
_RARE = ("^", "~", "¦", "§", "¬", "¶", "｜", "#", "\x1f", "\x1e", "\x01", "\x02")
#: Delimiters of several characters, the longest first.
_LONG = (" ||| ", "[SEP]", "<SEP>", "[sep]", "<sep>", " :: ", "|||", "||", "::", "##", "@@", "$$")

_SAMPLE_LINES = 1000
_SAMPLE_CHARACTERS = 1 << 20

#: Proportion of the records that must be as wide as the header.
_LIKELY = 0.5

_SEPARATOR = re.compile(r'"?sep=(\\t|[^\r\n])"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True)
class _Trial:
    """What became of the sample under a dialect."""

    dialect: Dialect
    widths: tuple[int, ...]
    error: str

    @property
    def width(self) -> int:
        return self.widths[0] if self.widths else 0

    @property
    def proportion(self) -> float:
        return Counter(self.widths)[self.width] / len(self.widths) if self.widths else 0.0

    @property
    def is_consistent(self) -> bool:
        return not self.error and self.width > 1 and self.proportion == 1.0


@dataclass(frozen=True)
class FileStart:
    """The first lines of a file.

    Args:
        lines: The lines.
        complete: Whether they are all there are, to their ends.
    """

    lines: Sequence[str]
    complete: bool

    def trial(self, dialect: Dialect) -> _Trial:
        """Read the records under a dialect."""
        widths: list[int] = []
        error = ""
        try:
            # What was read before an error stays in the list.
            widths.extend(len(cells) for cells in dialect.records(self.lines) if any(map(str.strip, cells)))
        except csv.Error as problem:
            # The last record of a sample may be cut off.
            cut_off = not self.complete and "unexpected end" in str(problem) and len(widths) > 1
            error = "" if cut_off else str(problem)
        if not self.complete and len(widths) > 1:
            del widths[-1]
        return _Trial(dialect, tuple(widths), error)

    def contains(self, text: str) -> bool:
        """Whether a line contains a text."""
        return any(text in line for line in self.lines)

    def names_columns(self, delimiter: str) -> bool:
        """Whether the first line has the delimiter, and a name on both sides of each."""
        names = next((line for line in self.lines if line.strip()), "").split(delimiter)
        return len(names) > 1 and all(re.search(r"\w", name) for name in names)


def sample(lines: Iterator[str]) -> tuple[list[str], FileStart]:
    """Take the first lines off, and make a sample of them that is bounded however long a line is."""
    head: list[str] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        if len(head) >= _SAMPLE_LINES or size >= _SAMPLE_CHARACTERS:
            shown = head if size <= 2 * _SAMPLE_CHARACTERS else [*head[:-1], line[:_SAMPLE_CHARACTERS]]
            return head, FileStart(shown, False)
    return head, FileStart(head, True)


def separator_line(line: str) -> str:
    r"""The delimiter that Excel names in a first line ``sep=;``; empty where the line is none."""
    found = _SEPARATOR.fullmatch(line)
    return "" if not found else found[1].replace("\\t", "\t")


def detect(head: FileStart, given: Dialect, usual: str) -> Dialect:
    """Fill in what is not given.

    The delimiter is the one that gives every record as many cells as the header has; the usual one where none does, and
    a rare one only where no common one does. Quotes are double quotes, doubled within a cell, unless escaped ones,
    single ones, ones behind blanks or none at all fit where those do not.
    """
    if given.is_complete:
        return given
    plain = replace(given, escape=given.escape or NONE)
    double = _best(head, replace(plain, quote=given.quote or '"'), usual)
    if not given.quote and not given.escape and (found := _behind_any_blanks(head, double, given, usual)):
        return found
    if double.is_consistent:
        return double.dialect
    if not given.escape and head.contains(BACKSLASH + (given.quote.replace(NONE, "") or '"')):
        escaped = _best(head, replace(double.dialect, delimiter=given.delimiter, escape=BACKSLASH), usual)
        if escaped.is_consistent:
            return escaped.dialect
    if given.quote:
        return double.dialect
    single = _best(head, replace(plain, quote="'"), usual)
    if single.is_consistent and _shows_quotes(head, single.dialect.delimiter, "'"):
        return single.dialect
    bare = _best(head, replace(plain, quote=NONE), usual)
    if double.error and bare.is_consistent and _quotes_mean_nothing(head, double, bare):
        return bare.dialect
    return double.dialect


def _best(head: FileStart, wanted: Dialect, usual: str) -> _Trial:
    """The delimiter that fits best, where none is given."""
    if wanted.delimiter:
        return head.trial(wanted)
    common = [usual, *(other for other in _DELIMITERS if other != usual)]
    trials = [head.trial(replace(wanted, delimiter=delimiter)) for delimiter in common]
    likely = [trial for trial in trials if trial.width > 1 and trial.proportion > _LIKELY]
    best = max(likely, key=lambda trial: (trial.proportion, trial.width), default=None)
    if best and best.dialect.delimiter != "|":
        return best
    # Of "||" each bar would be a delimiter, with nothing between the two.
    signs = [sign for sign in _LONG if head.names_columns(sign) and (not best or "|" in sign)]
    signs += [] if best else [sign for sign in _RARE if head.names_columns(sign)]
    tried = [head.trial(replace(wanted, delimiter=sign)) for sign in signs]
    found = [trial for trial in tried if trial.is_consistent and len(trial.widths) > 1]
    long = next((trial for trial in found if len(trial.dialect.delimiter) > 1), None)
    return long or best or max(found, key=lambda trial: trial.width, default=trials[0])


def _behind_any_blanks(head: FileStart, double: _Trial, given: Dialect, usual: str) -> Dialect | None:
    """As :func:`_behind_blanks`. A delimiter that such quotes contain shows no other way that it is one."""
    common = [] if given.delimiter or double.is_consistent else [usual, *_DELIMITERS]
    tried = [double.dialect, *(replace(double.dialect, delimiter=delimiter) for delimiter in dict.fromkeys(common))]
    return next((found for dialect in tried if (found := _behind_blanks(head, dialect))), None)


def _behind_blanks(head: FileStart, found: Dialect) -> Dialect | None:
    """The dialect in which blanks stand between a delimiter and a quote, where the sample is written in it."""
    edge = re.escape(found.delimiter)
    if found.quote != '"' or not any(re.search(f'{edge} +"', line) for line in head.lines):
        return None
    # Cells that are quoted from their very start may hold anything; behind blanks a quote is plain text in them.
    rest = re.sub(rf'(^|{edge})"(?:[^"]|"")*+"(?={edge}|[\r\n]|\Z)', r"\1", "".join(head.lines), flags=re.MULTILINE)
    trial = head.trial(replace(found, blanks=True))
    return trial.dialect if trial.is_consistent and re.search(f'{edge} +"', rest) else None


def _quotes_mean_nothing(head: FileStart, double: _Trial, bare: _Trial) -> bool:
    """A cell that is quoted from end to end says that quotes count; one that is never closed may be a slip in CSV."""
    delimiter = bare.dialect.delimiter
    unclosed = "unexpected end" in double.error
    return (delimiter == "\t" or not unclosed) and not _shows_quotes(head, delimiter, '"', within=delimiter)


def _shows_quotes(head: FileStart, delimiter: str, quote: str, *, within: str = "") -> bool:
    """Whether a line has quotes at both ends of a cell, blanks aside; the cell does not contain ``within``."""
    edge = re.escape(delimiter)
    inside = f"(?:(?!{re.escape(within)}).)*" if within else ".*"
    cell = re.compile(f"(?:^|{edge}) *{quote}{inside}{quote} *(?:{edge}|$)", re.MULTILINE)
    return any(cell.search(line.rstrip("\r\n")) for line in head.lines)
