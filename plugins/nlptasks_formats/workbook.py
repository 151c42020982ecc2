"""Excel workbooks: read through calamine, written through XlsxWriter."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from nlptasks.errors import DataError, UsageError
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table
from nlptasks.text.display import counted
from nlptasks_formats.options import WorkbookOptions
from nlptasks_formats.spool import seekable
from nlptasks_formats.workbook_parts import check_workbook, facts_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

#: Floats hold integers up to here.
_EXACT = 1 << 53

_UNMERGE = "split merged cells in the spreadsheet, so that each row has its own; or save the sheet as CSV"


class Workbook:
    """An Excel workbook, one sheet of it.

    The first row that is not empty names the columns; empty rows are skipped. Numbers, truth values and texts are what
    they are, dates and times become text as ISO 8601 has it, an empty cell is nothing.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options
        self._sheet = options.own.sheet if isinstance(options.own, WorkbookOptions) else ""

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a sheet.

        Raises:
            DataError: It is encrypted, damaged or too large, or has merged cells or formulas without a value.
            UsageError: There is no such sheet, or several could be meant.
        """
        from python_calamine import CalamineError, CalamineWorkbook

        source = seekable(stream, "workbook's")
        check_workbook(source, name)
        try:
            book = CalamineWorkbook.from_filelike(source)
            sheet = _chosen(book, self._sheet, name)
        except CalamineError as error:
            message = f"this workbook cannot be read ({error})"
            raise DataError(name, message, hint="save it again, or save the sheet as CSV") from None
        where = f"{name}, sheet {sheet.name!r}"
        if merged := sheet.merged_cell_ranges:
            (top, left), (bottom, right) = merged[0]
            shown = f"{_cell(top, left)}:{_cell(bottom, right)}"
            raise DataError(where, f"the cells {shown} are merged: to which row do they belong?", hint=_UNMERGE)
        facts = facts_of(source, sheet.name)
        if facts.unknown:
            message = f"the formula in {facts.unknown} has no stored value: the workbook was never calculated"
            raise DataError(where, message, hint="open it in a spreadsheet and save it; or save the sheet as CSV")
        notes = [f"sheet: {sheet.name}"] if len(book.sheet_names) > 1 else []
        if facts.errors:
            notes.append(f"{counted(facts.errors, 'cell')} with an error such as #N/A read as nothing")
        return _table(sheet, where, self._options.header is not False, tuple(notes))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write a workbook of one sheet; see :class:`nlptasks_formats.workbook_writing.WorkbookWriter`."""
        from nlptasks_formats.workbook_writing import WorkbookWriter

        return WorkbookWriter(stream, columns)


def _chosen(book: CalamineWorkbook, wanted: str, name: str) -> CalamineSheet:
    names = book.sheet_names
    if wanted and wanted not in names:
        raise UsageError(f"{name} has no sheet {wanted!r}", hint=f"it has: {', '.join(map(repr, names))}")
    if wanted:
        return book.get_sheet_by_name(wanted)
    sheets = [book.get_sheet_by_name(each) for each in names]
    full = [sheet for sheet in sheets if sheet.height]
    if len(full) > 1:
        listed = ", ".join(repr(sheet.name) for sheet in full)
        raise UsageError(f"{name} has {len(full)} sheets: {listed}", hint=f"name one: --sheet {full[0].name!r}")
    if not full:
        raise DataError(name, "the workbook is empty")
    return full[0]


def _table(sheet: CalamineSheet, where: str, header: bool, notes: tuple[str, ...]) -> Table:
    left = sheet.start[1] if sheet.start else 0
    # The library gives the empty rows above the table, and not the empty columns beside it.
    numbered = enumerate(sheet.iter_rows(), 1)
    rows = ((number, cells) for number, cells in numbered if any(map(_is_full, cells)))
    line, cells = next(rows)
    names = [_text(cell).strip() if header else f"column_{number}" for number, cell in enumerate(cells, 1)]
    for column, count in Counter(names).items():
        if count > 1 or not column:
            at = names.index(column)
            what = f"two columns have the name {column!r}" if column else f"{_cell(line - 1, left + at)} is empty"
            hint = "name the columns in the first row; where it is data, pass --no-header"
            raise DataError(where, f"{what}, and each column needs a name of its own", line=line, hint=hint)
    return Table.of_rows(names, _rows(rows, None if header else (line, cells)), notes)


def _rows(rows: Iterator[tuple[int, list[Any]]], first: tuple[int, list[Any]] | None) -> Iterator[Row | BadRow]:
    if first:
        yield Row(first[0], [_value(cell) for cell in first[1]])
    for line, cells in rows:
        yield Row(line, [_value(cell) for cell in cells])


def _is_full(cell: object) -> bool:
    return cell != "" and cell is not None


def _value(cell: Any) -> Any:
    """A cell as JSON has it."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    return cell if isinstance(cell, str | bool | int | float) else _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _cell(row: int, column: int) -> str:
    """What a spreadsheet calls a cell."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
