"""Plain text: one text a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note, nul_reason
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, RowWriter, Table, TableBlock
from nlptasks.plugin.tables import grouped
from nlptasks.plugin.values import texts, utf_8

_HINT = "write .csv, .tsv, .jsonl or .parquet"
_SCHEMA = pa.schema([("text", pa.string())])


class PlainText:
    """The column ``text`` and nothing else.

    A blank line is a row with an empty text, so that row and line numbers agree.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table; a line of more than ``max_cell`` characters, or with a NUL, is a :class:`BadRow`."""
        encoding, lines = decode_lines(stream, name, self._options.encoding, keep_nul=True)
        blocks = (
            TableBlock(pa.table([group.rows], schema=_SCHEMA), group.lines, tuple(group.bad))
            for group in grouped(_rows(lines, self._options.max_cell), len)
        )
        return Table(("text",), blocks, encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write one value a line.

        Raises:
            UsageError: There is more than one column, which lines of text cannot hold.
        """
        if len(columns) != 1:
            raise UsageError(f"plain text holds one column, not {len(columns)} ({', '.join(columns)})", hint=_HINT)
        return _PlainWriter(stream)


def _rows(lines: Iterator[str], max_cell: int) -> Iterator[tuple[int, str] | BadRow]:
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if len(text) > max_cell:
            yield BadRow(number, f"the text is longer than {max_cell:,} characters", "--max-cell raises the limit")
        elif "\0" in text:
            yield BadRow(number, *nul_reason(text)[1:])
        else:
            yield number, text


class _PlainWriter:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._count = 0

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        columns = [texts(block.data.column(at), field) for at, field in enumerate(block.data.schema)]
        for column in (*columns, *predictions):
            self._stream.write(b"".join(map(self._line, column)))

    def close(self) -> None:
        """Nothing is held back."""

    def _line(self, cell: Cell) -> bytes:
        self._count += 1
        text = "" if cell is None else str(cell)
        if "\n" in text or "\r" in text:
            raise NlptasksError(
                f"row {self._count} holds a line end, which plain text cannot keep in one row", hint=_HINT
            )
        return utf_8(text) + b"\n"
