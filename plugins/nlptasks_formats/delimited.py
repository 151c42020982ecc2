"""CSV and TSV: cells between delimiters, quoted as in RFC 4180."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO, ClassVar

import pyarrow as pa

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note, nul_reason
from nlptasks.plugin.protocols import BadRow, FormatOptions, RowWriter, Table, TableBlock
from nlptasks.plugin.values import UNTYPED, string_array
from nlptasks_formats.delimited_writing import DelimitedWriter
from nlptasks_formats.detect import detect, sample, separator_line
from nlptasks_formats.dialect import BACKSLASH, NONE, Dialect, open_quote

_QUOTE_HINT = (
    'an unclosed quote is the usual cause; a quote inside a quoted cell is doubled (""); '
    "if quotes mean nothing in this file, pass --quote none; --max-cell raises the limit"
)
_CODE = re.compile(r"\\x([0-9a-fA-F]{2})")

#: Rows of the first group and of the largest ones, and characters at which one ends early.
_FIRST, _LARGEST, _CHARACTERS = 64, 4_096, 1 << 22

#: A record with the line that it starts on.
_Record = tuple[int, list[str]]

#: Rows that can be read, the line of each, and the others among them.
_Group = tuple[Sequence[list[str]], Sequence[int], Sequence[BadRow]]

_ESCAPE_HINT = f"quotes that are escaped by a backslash need --escape '{BACKSLASH}'; "


class CommaSeparated:
    """CSV. The delimiter, the quotes and what escapes them are detected unless the options name them.

    Reading raises :class:`DataError` for a header that names two columns alike, a quote that is never closed and a cell
    beyond ``max_cell``; a row of the wrong width, or with a NUL in it, is a :class:`BadRow` in its place. Blank lines
    are skipped, and so is a first line ``sep=;``, which names the delimiter.
    """

    delimiter: ClassVar[str] = ","

    def __init__(self, options: FormatOptions) -> None:
        self._options = options
        self._dialect = Dialect(
            _delimiter(options.delimiter),
            options.quote if options.quote == NONE else _character(options.quote, "--quote"),
            options.escape if options.escape == NONE else _character(options.escape, "--escape"),
        )

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table; its notes say what was detected."""
        encoding, lines = decode_lines(stream, name, self._options.encoding, keep_nul=True)
        # The csv module keeps this limit for the whole process.
        csv.field_size_limit(self._options.max_cell)
        first = next(lines, "")
        separator = separator_line(first)
        head, shown = sample(lines if separator else chain([first], lines))
        given = replace(self._dialect, delimiter=self._dialect.delimiter or separator)
        dialect = detect(shown, given, self.delimiter)
        records = _Records(name, dialect, self._options.max_cell, chain(head, lines), 1 + bool(separator))
        columns, header_line, row = self._columns(records, name)
        found = Table(
            columns=tuple(map(str.strip, columns)),
            blocks=_blocks(records, columns, row),
            notes=(*encoding_note(encoding), *dialect.notes(self.delimiter)),
            header_line=header_line,
            names=columns,
        )
        return _with_names_told_apart(found, name)

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        r"""Write UTF-8 with a header and ``\n`` line ends.

        Cells are written as they are, those that a spreadsheet would take for a formula too.
        """
        return DelimitedWriter(stream, columns, self._dialect.delimiter or self.delimiter)

    def _columns(self, records: _Records, name: str) -> tuple[tuple[str, ...], int, _Record | None]:
        """The columns, the line that names them (0: none does), and the first row where that is read already."""
        first = next((record for record in records if isinstance(record, BadRow) or not _is_blank(record[1])), None)
        if first is None:
            raise DataError(name, "there is no header: the file holds blank lines only")
        if isinstance(first, BadRow):
            raise DataError(name, first.reason, line=first.line, hint=first.hint)
        line, cells = first
        if self._options.header is not False:
            return tuple(cells), line, None
        return tuple(f"column_{number}" for number in range(1, len(cells) + 1)), 0, first


class TabSeparated(CommaSeparated):
    """TSV; as CSV, with the tab as the delimiter that is expected."""

    delimiter: ClassVar[str] = "\t"


def _delimiter(value: str) -> str:
    sign = _meant(value)
    if any(end in sign for end in '\r\n"'):
        raise UsageError(
            f"--delimiter {value!r} holds a line end or a quote", hint="for instance: --delimiter ';' or --delimiter ::"
        )
    return sign


def _meant(value: str) -> str:
    """The characters that a flag names."""
    if value in {"tab", "\\t"}:
        return "\t"
    return _CODE.sub(lambda code: chr(int(code[1], 16)), value)


def _character(value: str, flag: str) -> str:
    value = _meant(value)
    if len(value) > 1 or value in {"\n", "\r"}:
        raise UsageError(f"{flag} {value!r} is not one character", hint=f'for instance: {flag} "\'"')
    return value


class _Records:
    """Reads records, one by one or many at a time, and explains what is wrong with one.

    Args:
        name: What errors call the file.
        dialect: How cells are told apart.
        max_cell: Largest cell in characters.
        lines: The lines.
        start: Number of the first of them.
    """

    def __init__(self, name: str, dialect: Dialect, max_cell: int, lines: Iterator[str], start: int) -> None:
        self.name = name
        self.dialect = dialect
        self.max_cell = max_cell
        self._lines = lines
        self._before = start - 1
        self._start = start
        self._pending: list[str] = []
        self._characters = 0
        self._reader = dialect.records(self._remembered())
        self._cells: Iterator[list[str]] = iter(self._reader)

    def __iter__(self) -> Iterator[_Record | BadRow]:
        """Records that are not empty, each with the line that it starts on."""
        while True:
            rows, lines, text = self._some(1)
            if not rows:
                return
            if "\0" in text:
                yield self._with_nul(lines[0], text)
            elif rows[0]:
                yield lines[0], rows[0]

    def groups(self, columns: tuple[str, ...]) -> Iterator[_Group]:
        """The rows in groups that grow; those of another width, or with a NUL, are bad ones."""
        size, width = _FIRST, len(columns)
        while True:
            rows, lines, text = self._some(size)
            if not rows:
                return
            if set(map(len, rows)) == {width} and "\0" not in text:
                yield rows, lines, ()
            else:
                yield self._checked(rows, lines, text, columns)
            size = min(4 * size, _LARGEST)

    def _some(self, most: int) -> tuple[list[list[str]], Sequence[int], str]:
        """The next records, at most so many, the line that each starts on, and the text of all of them.

        Records before one that cannot be read are given before its error is raised.
        """
        rows: list[list[str]] = []
        ends: list[int] = []
        reader = self._reader
        start, first = self._start, self._start - self._before
        try:
            for cells in islice(self._cells, most):
                rows.append(cells)
                ends.append(reader.line_num)
                if self._characters >= _CHARACTERS:
                    break
        except csv.Error as error:
            if not rows:
                raise self._explained(str(error), "".join(self._pending), start) from None
            self._cells = _Failing(error)
        if not rows:
            return rows, (), ""
        count = ends[-1] - first + 1
        text = "".join(self._pending[:count])
        del self._pending[:count]
        self._characters = sum(map(len, self._pending))
        self._start = start + count
        if count == len(rows):
            return rows, range(start, start + count), text
        return rows, [start, *(self._before + end + 1 for end in ends[:-1])], text

    def _remembered(self) -> Iterator[str]:
        pending = self._pending
        for line in self._lines:
            pending.append(line)
            self._characters += len(line)
            yield line

    def _checked(self, rows: Sequence[list[str]], lines: Sequence[int], text: str, columns: tuple[str, ...]) -> _Group:
        good: list[list[str]] = []
        good_lines: list[int] = []
        bad: list[BadRow] = []
        of_text = io.StringIO(text, newline="").readlines() if "\0" in text else []
        stops = [*lines[1:], lines[0] + len(of_text)]
        for cells, line, stop in zip(rows, lines, stops, strict=True):
            own = "".join(of_text[line - lines[0] : stop - lines[0]])
            if "\0" in own:
                bad.append(self._with_nul(line, own))
            elif len(cells) == len(columns):
                good.append(cells)
                good_lines.append(line)
            elif cells and not _is_blank(cells):
                bad.append(_ragged(line, len(cells), columns, self.dialect.delimiter))
        return good, good_lines, bad

    def _with_nul(self, line: int, text: str) -> BadRow:
        behind, reason, hint = nul_reason(text)
        return BadRow(line + behind, reason, hint)

    def _explained(self, error: str, text: str, start: int) -> DataError:
        opened = open_quote(text, self.dialect)
        hint = (_ESCAPE_HINT if BACKSLASH + self.dialect.quote in text else "") + _QUOTE_HINT
        too_long = "field larger" in error
        if opened is not None:
            end = f"within {self.max_cell:,} characters" if too_long else "by the end of the file"
            message = f"a quote opens here that is not closed {end}"
            return DataError(self.name, message, line=start + opened, hint=hint)
        if too_long:
            message = f"a cell is longer than {self.max_cell:,} characters"
            return DataError(self.name, message, line=start, hint="--max-cell raises the limit")
        last = start + len(io.StringIO(text, newline="").readlines()) - 1
        where = "" if last == start else f" in the row that starts here, on line {last}"
        return DataError(self.name, f"text follows a closing quote{where}", line=start, hint=hint)


def _with_names_told_apart(table: Table, name: str) -> Table:
    """The table, if no two columns have one name."""
    for column, count in Counter(table.columns).items():
        if count > 1:
            places = [str(place) for place, other in enumerate(table.columns, 1) if other == column]
            what = f"the name {column!r}" if column else "no name"
            message = f"columns {', '.join(places[:-1])} and {places[-1]} have {what}"
            hint = "rename them in the header; without a header, pass --no-header"
            raise DataError(name, message, line=table.header_line, hint=hint)
    return table


def _is_blank(cells: list[str]) -> bool:
    return len(cells) == 1 and not cells[0].strip()


class _Failing(Iterator[list[str]]):
    """Raises an error that was met behind records that could be read."""

    def __init__(self, error: csv.Error) -> None:
        self._error = error

    def __next__(self) -> list[str]:
        raise self._error


def _blocks(records: _Records, names: tuple[str, ...], first: _Record | None) -> Iterator[TableBlock]:
    schema = pa.schema([pa.field(name, pa.string(), metadata=UNTYPED) for name in names])
    nothing: list[tuple[str, ...]] = [()] * len(names)
    given: list[_Group] = [([first[1]], [first[0]], ())] if first else []
    for rows, lines, bad in chain(given, records.groups(names)):
        arrays = [string_array(column) for column in zip(*rows, strict=True)] or list(map(string_array, nothing))
        yield TableBlock(pa.Table.from_arrays(arrays, schema=schema), lines, tuple(bad))


def _ragged(line: int, count: int, columns: tuple[str, ...], delimiter: str) -> BadRow:
    if len(columns) == 1:
        hint = "one text a line, not a table? pass --format text"
    elif count > len(columns):
        hint = f"put a cell that contains {delimiter!r} in double quotes"
    else:
        hint = "put a cell that contains a line end in double quotes, and add the cells that are missing"
    names = ", ".join(columns[:6]) + (", ..." if len(columns) > 6 else "")
    return BadRow(line, f"{count} cell{'s' * (count != 1)}, expected {len(columns)} ({names})", hint)
