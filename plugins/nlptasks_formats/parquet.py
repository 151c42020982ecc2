"""Apache Parquet, through pyarrow."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from nlptasks.errors import DataError, NlptasksError
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import BadRow, FormatOptions, Row, RowWriter, Table
from nlptasks_formats.cells import BATCH, batches, encoded, json_text

_ERRORS = (pa.ArrowException, OSError)


class Parquet:
    """Parquet. Integers and floats stay numbers, text stays text.

    Booleans, lists, structs and maps become their JSON text, times and decimals their ``str``, NaN becomes ``None``.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table, row group by row group; a stream that cannot seek is copied to a temporary file.

        Raises:
            DataError: This is no Parquet file, it is damaged, a column holds bytes, or two have the same name.
        """
        if stream.seekable():
            return self._table(stream, name, lambda: None)
        spool = _spool(stream)
        try:
            return self._table(spool, name, spool.close)
        except BaseException:
            spool.close()
            raise

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write row groups of 8,192 rows.

        The first row group decides what a column is: integers, floats, or text where it holds anything else, which then
        holds every later cell. A later cell that is no number in a column of numbers is an error.
        """
        return _Writer(stream, columns)

    def _table(self, stream: BinaryIO, name: str, done: Callable[[], None]) -> Table:
        try:
            file = pq.ParquetFile(stream)
        except _ERRORS as error:
            message = f"this is not a Parquet file, or it is damaged ({_first_line(error)})"
            raise DataError(name, message, hint="name another format with --format, or fetch the file again") from None
        readers = [_reader(field, name) for field in file.schema_arrow]
        columns = tuple(file.schema_arrow.names)
        twice = [column for column, count in Counter(columns).items() if count > 1]
        if twice:
            raise DataError(name, f"two columns have the name {twice[0]!r}", hint="rename one of them")
        return Table(columns, _rows(file, readers, name, self._options.max_cell, done))


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]


def _spool(stream: BinaryIO) -> BinaryIO:
    spool = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as the table is read
    try:
        shutil.copyfileobj(stream, spool, 1 << 20)
    except OSError as error:
        spool.close()
        message = f"cannot copy the Parquet data to a temporary file: {error.strerror}"
        raise NlptasksError(message, hint=f"the folder is {tempfile.gettempdir()}; TMPDIR names another") from error
    spool.seek(0)
    return spool


def _reader(field: Any, name: str) -> Callable[[Any], Cell] | None:
    """How a value of the column becomes a cell; ``None``: it is one."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    types = pa.types
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_integer(kind):
        return None
    if types.is_floating(kind):
        return _float
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        message = f"the column {field.name!r} holds bytes, which cannot be read as text"
        raise DataError(name, message, hint="drop the column, or store its text as strings")
    if types.is_boolean(kind) or types.is_nested(kind):
        return json_text
    return str


def _float(value: float) -> Cell:
    return None if math.isnan(value) else value


def _rows(
    file: Any, readers: Sequence[Callable[[Any], Cell] | None], name: str, max_cell: int, done: Callable[[], None]
) -> Iterator[Row | BadRow]:
    number = 0
    try:
        for batch in file.iter_batches(batch_size=BATCH):
            columns = [_cells(column, reader) for column, reader in zip(batch.columns, readers, strict=True)]
            for cells in zip(*columns, strict=True):
                number += 1
                if any(isinstance(cell, str) and len(cell) > max_cell for cell in cells):
                    yield BadRow(
                        number, f"a cell is longer than {max_cell:,} characters", "--max-cell raises the limit"
                    )
                else:
                    yield Row(number, cells)
    except _ERRORS as error:
        message = f"the Parquet data are damaged ({_first_line(error)})"
        raise DataError(name, message, line=number + 1, hint="fetch the file again") from error
    finally:
        done()


def _cells(column: Any, reader: Callable[[Any], Cell] | None) -> list[Cell]:
    values = cast(list[Cell], column.to_pylist())
    return values if reader is None else [None if value is None else reader(value) for value in values]


class _Writer:
    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = tuple(columns)
        self._held: list[Sequence[Cell]] = []
        self._written = 0
        self._file: Any = None
        self._types: tuple[Any, ...] = ()

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        for batch in batches(rows):
            self._held += batch
            while len(self._held) >= BATCH:
                self._flush(self._held[:BATCH])
                del self._held[:BATCH]

    def close(self) -> None:
        """Write the last row group and the footer."""
        if self._held or self._file is None:
            self._flush(self._held)
        self._file.close()

    def _flush(self, rows: Sequence[Sequence[Cell]]) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * len(self._columns)
        if self._file is None:
            self._types = tuple(_type(cells) for cells in columns)
            schema = pa.schema(list(zip(self._columns, self._types, strict=True)))
            self._file = pq.ParquetWriter(self._stream, schema)
        arrays = [self._array(index, cells) for index, cells in enumerate(columns)]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._file.schema))
        self._written += len(rows)

    def _array(self, index: int, cells: Sequence[Cell]) -> Any:
        kind = self._types[index]
        if kind == pa.string():
            return pa.array([None if cell is None else _text(cell) for cell in cells], kind)
        accepted = int if kind == pa.int64() else (int, float)
        for row, cell in enumerate(cells, self._written + 1):
            if cell is not None and not (isinstance(cell, accepted) and _fits(cell)):
                raise NlptasksError(
                    f"row {row}: {cell!r} does not fit the column {self._columns[index]!r}, which held {kind} so far",
                    hint="a Parquet column has one type; write .jsonl or .csv",
                )
        return pa.array(cells, kind)


def _type(cells: Sequence[Cell]) -> Any:
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, int) and _fits(cell) for cell in present):
        return pa.int64()
    if present and all(isinstance(cell, int | float) and _fits(cell) for cell in present):
        return pa.float64()
    return pa.string()


def _fits(cell: Cell) -> bool:
    return not isinstance(cell, int) or -(1 << 63) <= cell < 1 << 63


def _text(cell: Cell) -> str:
    return encoded(cell).decode() if isinstance(cell, str) else str(cell)
