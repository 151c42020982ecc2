"""CSV and TSV: cells between delimiters, quoted as in RFC 4180."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO, ClassVar

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table
from nlptasks_formats.cells import batches, encoded
from nlptasks_formats.dialect import Dialect, detect, open_quote, sample

_QUOTE_HINT = (
    'an unclosed quote is the usual cause; a quote inside a quoted cell is doubled (""); '
    "if quotes mean nothing in this file, pass --quote none; --max-cell raises the limit"
)


class CommaSeparated:
    """CSV. A delimiter among ``, ; | tab`` and the quotes are detected unless the options name them.

    Reading raises :class:`DataError` for a header that names two columns alike, a quote that is never closed and a cell
    beyond ``max_cell``; a row of the wrong width is a :class:`BadRow` in its place. Blank lines are skipped.
    """

    delimiter: ClassVar[str] = ","

    def __init__(self, options: FormatOptions) -> None:
        self._options = options
        self._dialect = Dialect(_character(options.delimiter, "--delimiter"), _quote(options.quote))

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table; its notes say what was detected."""
        encoding, lines = decode_lines(stream, name, self._options.encoding)
        # The csv module keeps this limit for the whole process.
        csv.field_size_limit(self._options.max_cell)
        head, complete = sample(lines)
        dialect = detect(head, complete, self._dialect, self.delimiter)
        records = _records(chain(head, lines), name, dialect, self._options.max_cell)
        first = next((record for record in records if not _is_blank(record[1])), None)
        if first is None:
            raise DataError(name, "there is no header: the file holds blank lines only")
        line, cells = first
        if self._options.header:
            columns = _header(cells, name, line)
        else:
            columns = tuple(f"column_{number}" for number in range(1, len(cells) + 1))
            records = chain([first], records)
        notes = (*encoding_note(encoding), *dialect.notes(self.delimiter))
        return Table(columns, _rows(records, columns, dialect.delimiter), notes)

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        r"""Write UTF-8 with a header and ``\n`` line ends.

        Cells are written as they are, those that a spreadsheet would take for a formula too.
        """
        return _Writer(stream, columns, self._dialect.delimiter or self.delimiter)


class TabSeparated(CommaSeparated):
    """TSV; as CSV, with the tab as the delimiter that is expected."""

    delimiter: ClassVar[str] = "\t"


def _character(value: str, flag: str) -> str:
    value = {"tab": "\t", "\\t": "\t"}.get(value, value)
    if len(value) > 1 or value in {"\n", "\r"}:
        raise UsageError(f"{flag} {value!r} is not one character", hint=f"for instance: {flag} ';' or {flag} tab")
    return value


def _quote(value: str) -> str:
    return value if value == "none" else _character(value, "--quote")


def _records(lines: Iterator[str], name: str, dialect: Dialect, max_cell: int) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line that it starts on."""
    pending: list[str] = []

    def remembered() -> Iterator[str]:
        for line in lines:
            pending.append(line)
            yield line

    reader = csv.reader(remembered(), **dialect.arguments())
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
            pending.clear()
    except csv.Error as error:
        raise _explained(str(error), name, dialect, pending, start, max_cell) from None


def _explained(error: str, name: str, dialect: Dialect, pending: list[str], start: int, max_cell: int) -> DataError:
    opened = open_quote("".join(pending), dialect)
    too_long = "field larger" in error
    if opened is not None:
        end = f"within {max_cell:,} characters" if too_long else "by the end of the file"
        message = f"a quote opens here that is not closed {end}"
        return DataError(name, message, line=start + opened, hint=_QUOTE_HINT)
    if too_long:
        message = f"a cell is longer than {max_cell:,} characters"
        return DataError(name, message, line=start, hint="--max-cell raises the limit")
    last = start + len(pending) - 1
    where = "" if last == start else f" in the row that starts here, on line {last}"
    return DataError(name, f"text follows a closing quote{where}", line=start, hint=_QUOTE_HINT)


def _header(cells: list[str], name: str, line: int) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    for column, count in Counter(columns).items():
        if count > 1:
            places = [str(place) for place, other in enumerate(columns, 1) if other == column]
            what = f"the name {column!r}" if column else "no name"
            message = f"columns {', '.join(places[:-1])} and {places[-1]} have {what}"
            raise DataError(
                name, message, line=line, hint="rename them in the header; without a header, pass --no-header"
            )
    return columns


def _is_blank(cells: list[str]) -> bool:
    return len(cells) == 1 and not cells[0].strip()


def _rows(records: Iterable[tuple[int, list[str]]], columns: tuple[str, ...], delimiter: str) -> Iterator[Row | BadRow]:
    width = len(columns)
    for line, cells in records:
        if len(cells) == width:
            yield Row(line, cells)
        elif not _is_blank(cells):
            yield _ragged(line, len(cells), columns, delimiter)


def _ragged(line: int, count: int, columns: tuple[str, ...], delimiter: str) -> BadRow:
    if len(columns) == 1:
        hint = "one text a line, not a table? pass --format text"
    elif count > len(columns):
        hint = f"put a cell that contains {delimiter!r} in double quotes"
    else:
        hint = "put a cell that contains a line end in double quotes, and add the cells that are missing"
    names = ", ".join(columns[:6]) + (", ..." if len(columns) > 6 else "")
    return BadRow(line, f"{count} cell{'s' * (count != 1)}, expected {len(columns)} ({names})", hint)


class _Writer:
    def __init__(self, stream: BinaryIO, columns: Sequence[str], delimiter: str) -> None:
        self._stream = stream
        self._arguments: dict[str, Any] = {"delimiter": delimiter, "lineterminator": "\n"}
        self._write([columns])

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        for batch in batches(rows):
            self._write(batch)

    def close(self) -> None:
        """Nothing is held back."""

    def _write(self, rows: Sequence[Sequence[Cell]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, **self._arguments).writerows(rows)
        text = buffer.getvalue()
        self._stream.write(encoded(self._quoted(rows) if "\r" in text else text))

    def _quoted(self, rows: Sequence[Sequence[Cell]]) -> str:
        r"""As :meth:`_write`, where a cell holds ``\r``: some versions of the csv module leave that unquoted."""
        buffer = io.StringIO(newline="")
        minimal = csv.writer(buffer, **self._arguments)
        full = csv.writer(buffer, **self._arguments, quoting=csv.QUOTE_ALL)
        for row in rows:
            returns = any(isinstance(cell, str) and "\r" in cell for cell in row)
            (full if returns else minimal).writerow(row)
        return buffer.getvalue()
