"""Writes Excel workbooks, through XlsxWriter, row by row."""

from __future__ import annotations

import datetime
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from math import isfinite
from typing import Any, BinaryIO

import xlsxwriter

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.conversions import Conversions, to_text
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import TableBlock
from nlptasks.plugin.values import Digits, is_json, json_text, json_values, texts

#: What a sheet can hold: rows, columns, and characters of a cell.
ROWS, COLUMNS, CHARACTERS = 1_048_576, 16_384, 32_767

#: Digits of a number that Excel keeps.
_DIGITS = 15

_HINT = "write .csv, .jsonl or .parquet"


class WorkbookWriter:
    """Writes a header and rows to the one sheet of a workbook.

    Cells of CSV stay texts, numbers are numbers as far as Excel keeps their digits; lists and objects are JSON.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        if len(columns) > COLUMNS:
            raise UsageError(f"a sheet has {COLUMNS:,} columns at most, not {len(columns):,}", hint=_HINT)
        folder = tempfile.mkdtemp()
        self._book = xlsxwriter.Workbook(stream, {"constant_memory": True, "tmpdir": folder})
        # Equal rows give equal bytes.
        self._book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        self._sheet = self._book.add_worksheet()
        # What is not closed in the end has failed, and leaves its rows in a file.
        self._discard = weakref.finalize(self, _discard, self._sheet, folder)
        self._row = 0
        self._conversions = Conversions()
        self._long = self._infinite = 0
        self._add(columns)

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be written otherwise than it was."""
        long = f"{self._long:,} numbers of more than {_DIGITS} digits written as text"
        empty = f"{self._infinite:,} NaN or infinite numbers left empty"
        return (*self._conversions.notes, *([long] if self._long else []), *([empty] if self._infinite else []))

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Write the rows of a block."""
        columns = []
        for at, field in enumerate(block.data.schema):
            column = block.data.column(at)
            self._conversions.add(field.name, to_text(column, field))
            columns.append(_values(column, field))
        for row in zip(*columns, *predictions, strict=True):
            self._add(row)

    def close(self) -> None:
        """Write the workbook, which stood in temporary files."""
        self._book.close()
        self._discard()

    def _add(self, row: Sequence[Any]) -> None:
        if self._row == ROWS:
            raise NlptasksError(f"a sheet has {ROWS:,} rows at most, with the header", hint=_HINT)
        for at, value in enumerate(row):
            self._cell(at, value)
        self._row += 1

    def _cell(self, at: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, at, value)
        elif isinstance(value, float) and not isfinite(value):
            self._infinite += 1
        elif isinstance(value, int | float | Digits):
            if len(str(value).lstrip("-").replace(".", "").lstrip("0")) <= _DIGITS or isinstance(value, float):
                self._sheet.write_number(self._row, at, float(value))
            else:
                self._long += 1
                self._sheet.write_string(self._row, at, str(value))
        else:
            text = value if isinstance(value, str) else json_text(value)
            if len(text) > CHARACTERS:
                raise NlptasksError(
                    f"row {self._row + 1} has a text of {len(text):,} characters, and a cell holds {CHARACTERS:,}",
                    hint=_HINT,
                )
            self._sheet.write_string(self._row, at, text)


def _discard(sheet: Any, folder: str) -> None:
    if rows := getattr(sheet, "row_data_fh", None):
        rows.close()
    shutil.rmtree(folder, ignore_errors=True)


def _values(column: Any, field: Any) -> Sequence[Any]:
    """The values of a column as a sheet has them."""
    import pyarrow as pa

    if is_json(field):
        return json_values(column.to_pylist())
    kind = column.type
    plain = pa.types.is_integer(kind) or pa.types.is_float64(kind) or pa.types.is_boolean(kind)
    found: Sequence[Any] = column.to_pylist() if plain else texts(column, field)
    return found
