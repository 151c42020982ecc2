"""Writes Parquet: the columns of Parquet as they are, others by what they hold from the first row to the last."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from nlptasks.errors import NlptasksError
from nlptasks.plugin.conversions import Conversions, absent
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import TableBlock
from nlptasks.plugin.values import JSON, is_json, is_untyped, json_text, json_values, string_array, utf_8
from nlptasks_formats.shapes import Shape, array_of, array_of_cells, arrow_type, shape_of, shape_of_all, shape_of_cell

#: Rows of a row group.
GROUP = 8192

_MIXED = "column {!r}: no one type holds its values; each is written as text, or as JSON text"


class ParquetWriter:
    """Keeps the blocks in a temporary file until all are seen, and then writes them in row groups of 8,192 rows.

    Columns that came as Arrow data keep type and metadata. JSON values and predictions become integers, floats,
    booleans, lists and structs where all of them are, and cells of text become numbers where each of them is written
    just as the number is; otherwise they become text.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = tuple(utf_8(name).decode() for name in columns)
        self._spool: _Spool | None = None
        self._shapes: list[Shape] = [None] * len(columns)
        self._conversions = Conversions()
        self._mixed: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be written otherwise than it was."""
        return (*self._conversions.notes, *self._mixed)

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Take the rows of a block."""
        arrays = [*block.data.columns, *(string_array(list(map(json_text, cells))) for cells in predictions)]
        if self._spool is None:
            fields = [*block.data.schema, *(pa.field("", pa.string(), metadata=JSON) for _ in predictions)]
            named = [field.with_name(name) for field, name in zip(fields, self._columns, strict=True)]
            self._spool = _Spool(pa.schema(named, metadata=block.data.schema.metadata))
        for at, field in enumerate(block.data.schema):
            self._conversions.add(field.name, absent(arrays[at], field))
        for at, field in enumerate(self._spool.schema):
            self._shapes[at] = _seen(arrays[at], field, self._shapes[at])
        self._spool.add(pa.Table.from_arrays(arrays, schema=self._spool.schema))

    def close(self) -> None:
        """Write all rows and the footer."""
        if self._spool is None:
            schema = pa.schema([(name, pa.string()) for name in self._columns])
            self._complete(schema, iter(()))
            return
        pairs = list(zip(self._spool.schema, self._shapes, strict=True))
        self._mixed = [_MIXED.format(field.name) for field, shape in pairs if is_json(field) and not arrow_type(shape)]
        fields = [_typed(field, shape) for field, shape in pairs]
        schema = pa.schema(fields, metadata=self._spool.schema.metadata)
        self._complete(schema, (_typed_group(group, schema) for group in self._spool.groups()))
        self._spool.close()

    def _complete(self, schema: Any, groups: Iterator[Any]) -> None:
        """Write the rows, whose types are known now."""
        with pq.ParquetWriter(self._stream, schema) as file:
            for group in groups:
                file.write_table(group, row_group_size=GROUP)


def _typed_group(group: Any, schema: Any) -> Any:
    arrays = [
        _converted(column, before, after.type)
        for column, before, after in zip(group.columns, group.schema, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _seen(column: Any, field: Any, shape: Shape) -> Shape:
    if shape is object or (is_untyped(field) and shape is str):
        return shape
    if is_json(field):
        return shape_of_all(json_values(column.to_pylist()), shape, shape_of)
    return shape_of_all(column.to_pylist(), shape, shape_of_cell) if is_untyped(field) else None


def _typed(field: Any, shape: Shape) -> Any:
    if is_json(field) or is_untyped(field):
        kind = arrow_type(shape)
        return pa.field(field.name, pa.string() if kind is None else kind)
    return field


def _converted(column: Any, field: Any, kind: Any) -> Any:
    if is_json(field):
        texts = column.to_pylist()
        return array_of(json_values(texts), None if pa.types.is_string(kind) else kind)
    if is_untyped(field) and not pa.types.is_string(kind):
        return array_of_cells(column.to_pylist(), kind)
    return column


class _Spool:
    """Tables of one schema in a temporary file."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the writer
        self.close = weakref.finalize(self, self._file.close)
        self._writer = pa.ipc.new_stream(pa.PythonFile(self._file, mode="w"), schema)

    def add(self, table: Any) -> None:
        try:
            for batch in table.combine_chunks().to_batches():
                self._writer.write_batch(batch)
        except OSError as error:
            message = f"cannot keep the rows in a temporary file: {error.strerror or error}"
            raise NlptasksError(message, hint=f"the folder is {tempfile.gettempdir()}; TMPDIR names another") from error

    def groups(self) -> Iterator[Any]:
        """The tables again, in row groups."""
        self._writer.close()
        self._file.seek(0)
        held: list[Any] = []
        rows = 0
        for batch in pa.ipc.open_stream(pa.PythonFile(self._file, mode="r")):
            held.append(batch)
            rows += len(batch)
            if rows >= GROUP:
                table = pa.Table.from_batches(held, self.schema)
                yield table.slice(0, GROUP).combine_chunks()
                held, rows = table.slice(GROUP).to_batches(), rows - GROUP
        if rows:
            yield pa.Table.from_batches(held, self.schema).combine_chunks()
