"""What a file format reads and writes: tables in blocks of rows, as Arrow columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, Protocol, TypeVar, overload, runtime_checkable

from nlptasks.errors import UsageError
from nlptasks.plugin.predictions import Cell

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

#: Rows of the first block that :func:`grouped` makes and of its largest ones, and characters at which one ends early.
_FIRST, _LARGEST, _CHARACTERS = 64, 4_096, 1 << 22


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Args:
        line: Line of the file on which it starts, from 1 (for binary formats: the row's number).
        cells: Its values, as many as the table has columns.
    """

    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read, in place of it."""

    line: int
    reason: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class TableBlock:
    """Some rows of a table that follow each other.

    Args:
        data: Their columns as they stand in the file, all of the table's, in its order. Fields that have the metadata
            :data:`nlptasks.plugin.values.JSON` hold the JSON of a value in each row.
        lines: Line of each row, as :class:`Row` has it.
        bad: The rows among them that cannot be read.
    """

    data: pa.Table
    lines: Sequence[int]
    bad: tuple[BadRow, ...] = ()
    _cells: dict[int, list[Cell]] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, at: int) -> list[Cell]:
        """What a task reads of a column; see :func:`nlptasks.plugin.values.cells`. Other columns are not looked at.

        Raises:
            UsageError: The column holds bytes.
        """
        if at not in self._cells:
            from nlptasks.plugin import values  # pyarrow, which no listing needs

            column = self.data.schema.field(at)
            if values.is_bytes(column.type):
                raise UsageError(
                    f"the column {column.name!r} holds bytes, which cannot be read as text",
                    hint="name another column, or store its text as strings",
                )
            self._cells[at] = values.cells(self.data.column(at), column)
        return self._cells[at]

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows, bad ones in their places; a cell is made when it is looked at."""
        bad = iter(self.bad)
        waiting = next(bad, None)
        for at, line in enumerate(self.lines):
            while waiting and waiting.line < line:
                yield waiting
                waiting = next(bad, None)
            yield Row(line, _Cells(self, at))
        if waiting:
            yield waiting
            yield from bad

    def good(self) -> Sequence[Row]:
        """The rows that can be read; each is made when it is looked at."""
        return _GoodRows(self)

    def part(self, start: int, stop: int) -> TableBlock:
        """The rows from ``start`` to ``stop``, with the bad ones before ``stop``."""
        first = self.lines[start - 1] if start else -1
        last = self.lines[stop - 1] if stop < len(self.lines) and stop else None
        bad = tuple(row for row in self.bad if row.line > first and (last is None or row.line <= last))
        return TableBlock(self.data.slice(start, stop - start), self.lines[start:stop], bad)


class _Cells(Sequence[Cell]):
    """The cells of one row of a block."""

    __slots__ = ("_at", "_block")

    def __init__(self, block: TableBlock, at: int) -> None:
        self._block = block
        self._at = at

    def __len__(self) -> int:
        return int(self._block.data.num_columns)

    @overload
    def __getitem__(self, at: int, /) -> Cell: ...
    @overload
    def __getitem__(self, at: slice, /) -> list[Cell]: ...
    def __getitem__(self, at: int | slice, /) -> Cell | list[Cell]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._block.cells(at % len(self))[self._at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __repr__(self) -> str:
        return repr(list(self))

    __hash__ = None  # type: ignore[assignment]


class _GoodRows(Sequence[Row]):
    """The rows of a block that can be read."""

    __slots__ = ("_block",)

    def __init__(self, block: TableBlock) -> None:
        self._block = block

    def __len__(self) -> int:
        return len(self._block)

    @overload
    def __getitem__(self, at: int, /) -> Row: ...
    @overload
    def __getitem__(self, at: slice, /) -> list[Row]: ...
    def __getitem__(self, at: int | slice, /) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        line = self._block.lines[at]
        return Row(line, _Cells(self._block, at % len(self)))


@dataclass
class Table:
    """A table that is read once.

    Args:
        columns: Names, in order, without duplicates and without blanks around them.
        blocks: The rows; reading them may raise :class:`nlptasks.errors.DataError`. All blocks have one schema.
        notes: What was detected (encoding, delimiter, ...), a line each.
        header_line: Line of the row that names the columns; 0 where they are named otherwise.
        names: The names as they stand in the file, with the blanks around them; empty: as ``columns``.
    """

    columns: tuple[str, ...]
    blocks: Iterator[TableBlock]
    notes: tuple[str, ...] = ()
    header_line: int = 0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.names = self.names or self.columns

    @classmethod
    def of_rows(cls, columns: Sequence[str], rows: Iterable[Row | BadRow], notes: Sequence[str] = ()) -> Table:
        """The table of rows of Python values, for formats that know nothing of Arrow."""
        return cls(tuple(columns), blocks_of(rows, columns), tuple(notes))

    @property
    def rows(self) -> Iterator[Row | BadRow]:
        """The rows one by one, those that cannot be read in their places."""
        return chain.from_iterable(block.rows() for block in self.blocks)

    def first(self, count: int = 200) -> list[Row]:
        """Some of the first rows that can be read; they stay in the table."""
        taken: list[TableBlock] = []
        while sum(map(len, taken)) < count and (block := next(self.blocks, None)):
            taken.append(block)
        self.blocks = chain(taken, self.blocks)
        return [row for block in taken for row in block.good()][:count]


class RowWriter(Protocol):
    """Writes blocks of rows to a stream."""

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Write the rows of a block, with the columns of predictions behind their own.

        Args:
            block: The rows. All blocks of a table have one schema.
            predictions: Further columns, a cell a row each.
        """

    def close(self) -> None:
        """Complete the data; the stream stays open."""


@runtime_checkable
class NotingWriter(Protocol):
    """What a :class:`RowWriter` is, too, that cannot write each value as it was, and says so."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was written otherwise, a line a column, complete when the writer is closed.

        For instance ``column 'x': 3 NaN or infinite numbers written as null``; see
        :mod:`nlptasks.plugin.conversions`. The report of a run and its summary have them.
        """


class Format(Protocol):
    """A file format; ``stream`` is uncompressed bytes."""

    def read(self, stream: BinaryIO, name: str) -> Table:
        """Read a table. ``name`` is what errors call the file.

        Raises:
            DataError: The header cannot be read.
        """

    def write(self, stream: BinaryIO, columns: Sequence[str]) -> RowWriter:
        """Begin a table. ``columns`` are the names of all columns, those of predictions last.

        Raises:
            UsageError: The format cannot hold such a table.
        """


@dataclass(frozen=True)
class RowGroup(Generic[T]):
    """Some rows that follow each other, in whatever shape a format has them before they are columns.

    Args:
        rows: The rows that can be read.
        lines: Their lines.
        bad: The others among them.
    """

    rows: list[T] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def grouped(rows: Iterable[tuple[int, T] | BadRow], length: Callable[[T], int]) -> Iterator[RowGroup[T]]:
    """Rows with their lines in groups that grow, so that the first ones are soon there.

    Args:
        rows: The rows.
        length: Tells how many characters a row has; a group with many ends early.
    """
    group: RowGroup[T] = RowGroup()
    most, characters = _FIRST, 0
    for row in rows:
        if isinstance(row, BadRow):
            group.bad.append(row)
        else:
            group.lines.append(row[0])
            group.rows.append(row[1])
            characters += length(row[1])
        if len(group.rows) + len(group.bad) >= most or characters >= _CHARACTERS:
            yield group
            group, most, characters = RowGroup(), min(4 * most, _LARGEST), 0
    if group.rows or group.bad:
        yield group


def blocks_of(rows: Iterable[Row | BadRow], columns: Sequence[str]) -> Iterator[TableBlock]:
    """Blocks of rows of Python values; each column holds the JSON of its values."""
    from nlptasks.plugin.values import json_text

    pairs = (row if isinstance(row, BadRow) else (row.line, row.cells) for row in rows)
    for group in grouped(pairs, lambda cells: sum(len(cell) for cell in cells if isinstance(cell, str))):
        texts = [[json_text(cells[at]) for cells in group.rows] for at in range(len(columns))]
        yield json_block(texts, columns, group.lines, group.bad)


def json_block(
    texts: Sequence[Sequence[str | None]], columns: Sequence[str], lines: Sequence[int], bad: Sequence[BadRow] = ()
) -> TableBlock:
    """A block of columns of JSON texts."""
    import pyarrow as pa

    from nlptasks.plugin.values import JSON, string_array, utf_8

    schema = pa.schema([pa.field(utf_8(name).decode(), pa.string(), metadata=JSON) for name in columns])
    return TableBlock(
        pa.Table.from_arrays([string_array(column) for column in texts], schema=schema), lines, tuple(bad)
    )


def renamed(block: TableBlock, names: Sequence[str]) -> TableBlock:
    """A block whose columns have other names."""
    import pyarrow as pa

    fields: list[Any] = [block.data.schema.field(at).with_name(name) for at, name in enumerate(names)]
    schema = pa.schema(fields, metadata=block.data.schema.metadata)
    return replace(block, data=pa.Table.from_arrays(block.data.columns, schema=schema))
