"""Reads Apache Parquet, through pyarrow."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from nlptasks.errors import DataError
from nlptasks.plugin.protocols import FormatOptions, RowWriter, Table, TableBlock
from nlptasks_formats.parquet_writing import ParquetWriter
from nlptasks_formats.spool import seekable

#: Rows that are read at a time.
_BATCH = 4096

_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)


class Parquet:
    """Parquet. Columns pass through as they are, with their types and metadata.

    A task reads text, integers and floats as they are, NaN as nothing, and other values as their text: booleans, lists,
    structs and maps as JSON, times and decimals in their usual spelling.
    """

    def __init__(self, options: FormatOptions) -> None:
        self._options = options

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table, row group by row group; a stream that cannot seek is copied to a temporary file.

        Raises:
            DataError: This is no Parquet file, it is damaged, or two columns have the same name.
        """
        source = seekable(stream, "Parquet")
        try:
            file = _opened(source)
        except _ERRORS as error:
            if source is not stream:
                source.close()
            message = f"this is not a Parquet file, or it is damaged ({_first_line(error)})"
            raise DataError(name, message, hint="name another format with --format, or fetch the file again") from None
        if source is not stream:
            weakref.finalize(file, source.close)
        names = tuple(file.schema_arrow.names)
        columns = tuple(map(str.strip, names))
        twice = [column for column, count in Counter(columns).items() if count > 1]
        if twice:
            raise DataError(name, f"two columns have the name {twice[0]!r}", hint="rename one of them")
        return Table(columns, _blocks(file, name), names=names)

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Write a table; see :class:`nlptasks_formats.parquet_writing.ParquetWriter`."""
        return ParquetWriter(stream, columns)


def _opened(source: BinaryIO) -> Any:
    """The file, whose dictionaries of texts are read as they lie there: made of texts, those would have to be UTF-8."""
    file = pq.ParquetFile(source)
    dictionaries = [field.name for field in file.schema_arrow if pa.types.is_dictionary(field.type)]
    return pq.ParquetFile(source, read_dictionary=dictionaries) if dictionaries else file


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]


def _blocks(file: Any, name: str) -> Iterator[TableBlock]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            data = pa.Table.from_batches([batch]).replace_schema_metadata(file.schema_arrow.metadata)
            yield TableBlock(data, range(number, number + len(batch)))
            number += len(batch)
    except _ERRORS as error:
        message = f"the Parquet data are damaged ({_first_line(error)})"
        raise DataError(name, message, line=number, hint="fetch the file again") from error
