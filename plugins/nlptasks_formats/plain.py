"""Plain text: one text a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.paths import decode_lines, encoding_note
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table
from nlptasks_formats.cells import batches, encoded

_HINT = "write .csv, .tsv, .jsonl or .parquet"


class PlainText:
    """The column ``text`` and nothing else.

    A blank line is a row with an empty text, so that row and line numbers agree.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table; a line of more than ``max_cell`` characters is a :class:`BadRow`."""
        encoding, lines = decode_lines(stream, name, self._options.encoding)
        return Table(("text",), _rows(lines, self._options.max_cell), encoding_note(encoding))

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write one value a line.

        Raises:
            UsageError: There is more than one column, which lines of text cannot hold.
        """
        if len(columns) != 1:
            raise UsageError(f"plain text holds one column, not {len(columns)} ({', '.join(columns)})", hint=_HINT)
        return _Writer(stream)


def _rows(lines: Iterator[str], max_cell: int) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if len(text) > max_cell:
            yield BadRow(number, f"the text is longer than {max_cell:,} characters", "--max-cell raises the limit")
        else:
            yield Row(number, (text,))


class _Writer:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._count = 0

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        for batch in batches(rows):
            self._stream.write(encoded("".join(self._line(row[0]) for row in batch)))

    def close(self) -> None:
        """Nothing is held back."""

    def _line(self, cell: Cell) -> str:
        self._count += 1
        text = "" if cell is None else str(cell)
        if "\n" in text or "\r" in text:
            raise NlptasksError(
                f"row {self._count} holds a line end, which plain text cannot keep in one row", hint=_HINT
            )
        return text + "\n"
