"""CSV and TSV: cells between delimiters, quoted as in RFC 4180."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO, ClassVar

import pyarrow as pa

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note, nul_reason
from nlptasks.plugin.protocols import BadRow, FormatOptions, RowWriter, Table, TableBlock
from nlptasks.plugin.tables import grouped
from nlptasks.plugin.values import UNTYPED, string_array
from nlptasks_formats.delimited_writing import DelimitedWriter
from nlptasks_formats.detect import detect, sample, separator_line
from nlptasks_formats.dialect import BACKSLASH, NONE, Dialect, open_quote

_QUOTE_HINT = (
    'an unclosed quote is the usual cause; a quote inside a quoted cell is doubled (""); '
    "if quotes mean nothing in this file, pass --quote none; --max-cell raises the limit"
)
_CODE = re.compile(r"\\x([0-9a-fA-F]{2})")

#: A record with the line that it starts on.
_Record = tuple[int, list[str]]

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
            _character(options.delimiter, "--delimiter"),
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
        records = _Records(name, dialect, self._options.max_cell).of(chain(head, lines), 1 + bool(separator))
        columns, header_line, rows = self._columns(records, name)
        found = Table(
            columns=tuple(map(str.strip, columns)),
            blocks=_blocks(_rows(rows, columns, dialect.delimiter), columns),
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

    def _columns(
        self, records: Iterator[_Record | BadRow], name: str
    ) -> tuple[tuple[str, ...], int, Iterator[_Record | BadRow]]:
        """The columns, the line that names them (0: none does), and the records of rows."""
        first = next((record for record in records if isinstance(record, BadRow) or not _is_blank(record[1])), None)
        if first is None:
            raise DataError(name, "there is no header: the file holds blank lines only")
        if isinstance(first, BadRow):
            raise DataError(name, first.reason, line=first.line, hint=first.hint)
        line, cells = first
        if self._options.header is not False:
            return tuple(cells), line, records
        columns = tuple(f"column_{number}" for number in range(1, len(cells) + 1))
        return columns, 0, chain([first], records)


class TabSeparated(CommaSeparated):
    """TSV; as CSV, with the tab as the delimiter that is expected."""

    delimiter: ClassVar[str] = "\t"


def _character(value: str, flag: str) -> str:
    value = value.replace("tab", "\t") if value == "tab" else _CODE.sub(lambda code: chr(int(code[1], 16)), value)
    value = {"\\t": "\t"}.get(value, value)
    if len(value) > 1 or value in {"\n", "\r"}:
        raise UsageError(f"{flag} {value!r} is not one character", hint=f"for instance: {flag} ';' or {flag} tab")
    return value


@dataclass(frozen=True)
class _Records:
    """Reads records, and explains what is wrong with one."""

    name: str
    dialect: Dialect
    max_cell: int

    def of(self, lines: Iterator[str], start: int) -> Iterator[_Record | BadRow]:
        """Records that are not empty, each with the line that it starts on; the first line is number ``start``."""
        pending: list[str] = []
        before = start - 1

        def remembered() -> Iterator[str]:
            for line in lines:
                pending.append(line)
                yield line

        reader = self.dialect.records(remembered())
        try:
            for cells in reader:
                if any("\0" in line for line in pending):
                    behind, reason, hint = nul_reason("".join(pending))
                    yield BadRow(start + behind, reason, hint)
                elif cells:
                    yield start, cells
                start = before + reader.line_num + 1
                pending.clear()
        except csv.Error as error:
            raise self._explained(str(error), "".join(pending), start) from None

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


def _rows(records: Iterable[_Record | BadRow], columns: tuple[str, ...], delimiter: str) -> Iterator[_Record | BadRow]:
    width = len(columns)
    for record in records:
        if isinstance(record, BadRow):
            yield record
            continue
        line, cells = record
        if len(cells) == width:
            yield record
        elif not _is_blank(cells):
            yield _ragged(line, len(cells), columns, delimiter)


def _blocks(rows: Iterable[_Record | BadRow], names: Sequence[str]) -> Iterator[TableBlock]:
    schema = pa.schema([pa.field(name, pa.string(), metadata=UNTYPED) for name in names])
    nothing: list[tuple[str, ...]] = [()] * len(names)
    for group in grouped(rows, lambda cells: sum(map(len, cells))):
        columns = list(zip(*group.rows, strict=True)) or nothing
        arrays = [string_array(column) for column in columns]
        yield TableBlock(pa.Table.from_arrays(arrays, schema=schema), group.lines, tuple(group.bad))


def _ragged(line: int, count: int, columns: tuple[str, ...], delimiter: str) -> BadRow:
    if len(columns) == 1:
        hint = "one text a line, not a table? pass --format text"
    elif count > len(columns):
        hint = f"put a cell that contains {delimiter!r} in double quotes"
    else:
        hint = "put a cell that contains a line end in double quotes, and add the cells that are missing"
    names = ", ".join(columns[:6]) + (", ..." if len(columns) > 6 else "")
    return BadRow(line, f"{count} cell{'s' * (count != 1)}, expected {len(columns)} ({names})", hint)
