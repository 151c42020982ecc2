"""Which rows of a table are read, and which of its columns are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nlptasks._names import nearest
from nlptasks._settings.groups import RowChoice
from nlptasks.errors import UsageError
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import NotingWriter, RowWriter, Table, TableBlock

#: Rows that a sample holds beside those that it will have, before it lets go of some.
_SPARE = 4_096


def take_rows(table: Table, chosen: RowChoice) -> None:
    """Leave of a table the first rows, a sample, or a sample of the first rows."""
    if chosen.limit:
        table.blocks = _first(table.blocks, chosen.limit)
    if chosen.sample:
        table.blocks = _sampled(table.blocks, chosen.sample, chosen.seed)


def kept_columns(table: Table, chosen: RowChoice, source: str) -> list[int]:
    """Positions of the columns that an output keeps, in the order in which they are named.

    Raises:
        UsageError: The table has no such column, or one is named twice.
    """
    found = []
    for name in chosen.keep_columns or table.columns:
        if name not in table.columns:
            near = nearest(name, table.columns)
            raise UsageError(
                f"--columns: {source} has no column {name!r}; its columns are {', '.join(map(repr, table.columns))}",
                hint=f"did you mean {near!r}?" if near else "name one of them",
            )
        found.append(table.columns.index(name))
    if len(set(found)) < len(found):
        raise UsageError(f"--columns names a column twice: {','.join(chosen.keep_columns)}", hint="leave one out")
    return found


@dataclass(frozen=True)
class KeptColumnsWriter:
    """Writes some columns of the rows.

    Args:
        writer: What writes the table.
        keep: Positions of the columns.
    """

    writer: RowWriter
    keep: Sequence[int]

    def write(self, block: TableBlock, predictions: Sequence[Sequence[Cell]]) -> None:
        """Write the rows of a block."""
        self.writer.write(replace(block, data=block.data.select(list(self.keep))), predictions)

    def close(self) -> None:
        """Complete the data."""
        self.writer.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was written otherwise than it was."""
        return self.writer.notes if isinstance(self.writer, NotingWriter) else ()


def _first(blocks: Iterator[TableBlock], left: int) -> Iterator[TableBlock]:
    for block in blocks:
        if len(block) >= left:
            yield block.part(0, left)
            return
        left -= len(block)
        yield block


def _sampled(blocks: Iterator[TableBlock], size: int, seed: int) -> Iterator[TableBlock]:
    """A sample in the order of the rows. Each row has a random number, and the rows with the lowest ones are taken.

    That depends on nothing but the seed and the number of rows, and holds no more than the sample in memory.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    sample = _Sample(size)
    for block in blocks:
        if block.bad:
            yield TableBlock(block.data.slice(0, 0), (), block.bad)
        sample.add(block, random.random(len(block)))
    yield from sample.blocks()


class _Sample:
    """The rows with the lowest numbers so far."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[tuple[TableBlock, Any]] = []
        self._rows = 0
        self._below = 1.0

    def add(self, block: TableBlock, numbers: Any) -> None:
        import numpy as np
        import pyarrow as pa

        kept = np.flatnonzero(numbers < self._below)
        if not len(kept):
            return
        lines = [block.lines[at] for at in kept.tolist()]
        self._held.append((TableBlock(block.data.take(pa.array(kept)), lines), numbers[kept]))
        self._rows += len(kept)
        if self._rows > 2 * self._size + _SPARE:
            self._shrink()

    def blocks(self) -> Iterator[TableBlock]:
        if self._rows > self._size:
            self._shrink()
        return (block for block, _ in self._held)

    def _shrink(self) -> None:
        import numpy as np
        import pyarrow as pa

        numbers = np.concatenate([each for _, each in self._held])
        kept = np.sort(np.argpartition(numbers, self._size - 1)[: self._size])
        data = pa.concat_tables([block.data for block, _ in self._held]).take(pa.array(kept)).combine_chunks()
        lines = [line for block, _ in self._held for line in block.lines]
        self._held = [(TableBlock(data, [lines[at] for at in kept.tolist()]), numbers[kept])]
        self._rows, self._below = self._size, float(numbers[kept].max())
