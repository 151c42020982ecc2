"""Arrow's own formats: Feather, IPC files and streams, and the files of ``datasets``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa

from nlptasks.errors import DataError
from nlptasks.plugin.protocols import FormatOptions, RowWriter, Table, TableBlock
from nlptasks_formats.parquet_writing import ParquetWriter
from nlptasks_formats.spool import seekable

#: What an IPC file begins with; a stream does not, and Feather's first version has another sign.
_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"

#: Rows of a block.
_BATCH = 4096

_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)


class Arrow:
    """Arrow's files and streams. Columns pass through as they are, as those of Parquet do."""

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table, batch by batch; a file (not a stream) that cannot seek is copied to a temporary file.

        Raises:
            DataError: These are no Arrow data, they are damaged, or two columns have the same name.
        """
        head = _head(stream)
        if head.startswith(_FEATHER_1):
            message = "this is a Feather file of version 1, which is not read"
            raise DataError(name, message, hint="write it anew: pyarrow.feather.write_feather(table, NAME)")
        try:
            batches = _FileBatches(stream) if head == _FILE else pa.ipc.open_stream(stream)
        except _ERRORS as error:
            message = f"these are no Arrow data, or they are damaged ({_first_line(error)})"
            raise DataError(name, message, hint="name another format with --format, or fetch the file again") from None
        schema = batches.schema
        names = tuple(schema.names)
        columns = tuple(map(str.strip, names))
        if twice := [column for column, count in Counter(columns).items() if count > 1]:
            raise DataError(name, f"two columns have the name {twice[0]!r}", hint="rename one of them")
        return Table(columns, _blocks(batches, schema, name), names=names)

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write a table; its types are found as those of Parquet are."""
        return ArrowWriter(stream, columns)


class ArrowWriter(ParquetWriter):
    """Writes an Arrow IPC file."""

    def _complete(self, schema: Any, groups: Iterator[Any]) -> None:
        with pa.ipc.new_file(self._stream, schema) as file:
            for group in groups:
                file.write_table(group)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes, which stay in the stream."""
    if stream.seekable():
        head = stream.read(len(_FILE))
        stream.seek(-len(head), 1)
    else:
        peeked: bytes = stream.peek(len(_FILE))  # type: ignore[attr-defined]
        head = peeked[: len(_FILE)]
    return head


class _FileBatches:
    """The batches of a file, one after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._source = seekable(stream, "Arrow")
        self._file = pa.ipc.open_file(self._source)
        self.schema = self._file.schema

    def __iter__(self) -> Iterator[Any]:
        return (self._file.get_batch(at) for at in range(self._file.num_record_batches))


def _blocks(batches: Any, schema: Any, name: str) -> Iterator[TableBlock]:
    number = 1
    try:
        for batch in batches:
            for start in range(0, len(batch), _BATCH):
                data = pa.Table.from_batches([batch.slice(start, _BATCH)], schema)
                yield TableBlock(data, range(number, number + len(data)))
                number += len(data)
    except _ERRORS as error:
        message = f"the Arrow data are damaged ({_first_line(error)})"
        raise DataError(name, message, line=number, hint="fetch the file again") from error


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]
