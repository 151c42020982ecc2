"""The blocks that a run goes by, whatever blocks a format reads; rows that a task cannot read are bad rows in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nlptasks.plugin.protocols import BadRow, Table, TableBlock


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large blocks are.

    Args:
        first: Rows of the first block. Blocks grow, so that the first rows are out within seconds and later ones are
            sorted by length over many rows, which pads little.
        largest: Rows of the largest ones.
        characters: A block ends early at so many characters of the columns that are read, so that long texts do not
            fill the memory.
    """

    first: int = 64
    largest: int = 4_096
    characters: int = 1_000_000


def in_blocks(table: Table, reads: Sequence[int], *, max_cell: int, sizes: Sizes) -> Iterator[TableBlock]:
    """The table in blocks of some sizes, which depend on its rows alone.

    Args:
        table: The table; it is read to its end.
        reads: Positions of the columns that tasks read.
        max_cell: Largest cell in these columns, in characters; a row with a larger one is a bad row.
        sizes: Sizes of the blocks.
    """
    guard(table, reads, max_cell)
    size, waiting = sizes.first, TableBlock(_nothing(), ())
    for block in table.blocks:
        waiting = _joined(waiting, block)
        start, ends = 0, _Ends(waiting, reads)
        while stop := ends.next(start, size, sizes.characters):
            yield waiting.part(start, stop)
            start, size = stop, min(4 * size, sizes.largest)
        waiting = waiting.part(start, len(waiting)) if start else waiting
    if len(waiting) or waiting.bad:
        yield waiting


def guard(table: Table, reads: Sequence[int], max_cell: int) -> None:
    """Make rows of a table bad rows whose cells in some columns are no text or too long."""
    names = table.columns
    table.blocks = (_checked(block, reads, names, max_cell) for block in table.blocks)


def _nothing() -> Any:
    import pyarrow as pa

    return pa.table({})


def _joined(one: TableBlock, other: TableBlock) -> TableBlock:
    """Two blocks that follow each other, as one."""
    if not len(one):
        return TableBlock(other.data, other.lines, (*one.bad, *other.bad))
    if not len(other):
        return TableBlock(one.data, one.lines, (*one.bad, *other.bad))
    import pyarrow as pa

    return TableBlock(pa.concat_tables([one.data, other.data]), [*one.lines, *other.lines], (*one.bad, *other.bad))


class _Ends:
    """Tells where a block may end."""

    def __init__(self, block: TableBlock, reads: Sequence[int]) -> None:
        import numpy as np

        sizes = np.zeros(len(block), dtype=np.int64)
        for at in reads:
            sizes += _lengths(block, at)
        self._sums = np.concatenate(([0], np.cumsum(sizes)))

    def next(self, start: int, size: int, characters: int) -> int:
        """The end of the block that begins at ``start``; 0: it goes on behind these rows."""
        import numpy as np

        full = int(np.searchsorted(self._sums, self._sums[start] + characters))
        stop = min(start + size, max(full, start + 1))
        return stop if stop < len(self._sums) else 0


def _lengths(block: TableBlock, at: int) -> Any:
    """The lengths of a column's texts: in bytes where Arrow tells them, which is as good here."""
    import numpy as np

    column = block.data.column(at)
    if _is_string(column.type):
        # By hand: Arrow's own function for it takes longer to import than a short run takes.
        return np.concatenate([np.zeros(0, np.int64), *map(_chunk_lengths, column.chunks)])
    return np.array([len(cell) if isinstance(cell, str) else 0 for cell in block.cells(at)], dtype=np.int64)


def _chunk_lengths(chunk: Any) -> Any:
    """The lengths of an array's strings in bytes, from where each begins."""
    import numpy as np
    import pyarrow as pa

    if not len(chunk):
        return np.zeros(0, np.int64)
    begins = np.frombuffer(chunk.buffers()[1], np.int32 if pa.types.is_string(chunk.type) else np.int64)
    return np.diff(begins[chunk.offset : chunk.offset + len(chunk) + 1])


def _is_string(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _checked(block: TableBlock, reads: Sequence[int], names: Sequence[str], max_cell: int) -> TableBlock:
    bad: dict[int, BadRow] = {}
    for at in reads:
        for row, reason, hint in _problems(block, at, max_cell):
            bad.setdefault(row, BadRow(block.lines[row], f"the column {names[at]!r} holds {reason} here", hint))
    if not bad:
        return block
    import pyarrow as pa

    kept = [row for row in range(len(block)) if row not in bad]
    rows = sorted((*block.bad, *bad.values()), key=lambda row: row.line)
    return TableBlock(block.data.take(pa.array(kept, pa.int64())), [block.lines[row] for row in kept], tuple(rows))


def _problems(block: TableBlock, at: int, max_cell: int) -> Iterator[tuple[int, str, str]]:
    """Rows whose cell in a column cannot be read, why, and what to do."""
    import pyarrow as pa

    column = block.data.column(at)
    if _is_string(column.type):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            for row, value in enumerate(column.cast(pa.large_binary()).to_pylist()):
                if value is not None and not _is_utf_8(value):
                    yield row, "bytes that are no UTF-8", "store its text as UTF-8, or name another column"
    if len(block) and int(_lengths(block, at).max()) > max_cell:
        for row, cell in enumerate(block.cells(at)):
            if isinstance(cell, str) and len(cell) > max_cell:
                yield row, f"a text longer than {max_cell:,} characters", "--max-cell raises the limit"


def _is_utf_8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
