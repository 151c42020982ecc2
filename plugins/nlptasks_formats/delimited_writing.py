"""Writes CSV and TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from nlptasks.plugin.conversions import Conversions, to_text
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import TableBlock
from nlptasks.plugin.values import json_text, texts, utf_8

#: Types of cells that are no structures.
_PLAIN = {type(None), str, int, float, bool}


class DelimitedWriter:
    """Writes a header and rows; structures are written as their JSON."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str], delimiter: str) -> None:
        self._stream = stream
        self._arguments: dict[str, Any] = {"delimiter": delimiter, "lineterminator": "\n"}
        self._conversions = Conversions()
        self._rows([columns])

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be written otherwise than it was."""
        return self._conversions.notes

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Write the rows of a block."""
        for at, field in enumerate(block.data.schema):
            self._conversions.add(field.name, to_text(block.data.column(at), field))
        columns = [texts(block.data.column(at), field) for at, field in enumerate(block.data.schema)]
        self._rows(list(zip(*columns, *map(_flat, predictions), strict=True)))

    def close(self) -> None:
        """Nothing is held back."""

    def _rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, **self._arguments).writerows(rows)
        text = buffer.getvalue()
        self._stream.write(utf_8(self._quoted(rows) if "\r" in text else text))

    def _quoted(self, rows: Sequence[Sequence[Cell]]) -> str:
        r"""The rows where a cell holds ``\r``: some versions of the csv module leave that unquoted."""
        buffer = io.StringIO(newline="")
        minimal = csv.writer(buffer, **self._arguments)
        full = csv.writer(buffer, **self._arguments, quoting=csv.QUOTE_ALL)
        for row in rows:
            returns = any(isinstance(cell, str) and "\r" in cell for cell in row)
            (full if returns else minimal).writerow(row)
        return buffer.getvalue()


def _flat(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Cells with the JSON of structures in their place."""
    if set(map(type, cells)) <= _PLAIN:
        return cells
    return [cell if cell is None or isinstance(cell, str | int | float) else json_text(cell) for cell in cells]
