"""Blocks: rows that are read, predicted, written and journalled together, and what maps them to predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from nlptasks._running.predict import BlockPredictions
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Example
from nlptasks.plugin.tables import TableBlock

R = TypeVar("R")

#: A block ends early at this many characters, so that long texts do not fill the memory.
CHARACTERS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Block(Generic[R]):
    """Rows that go through the driver together.

    Args:
        rows: What the source has of each row; the sinks get it back.
        examples: For each head, the examples that it finds in the rows.
        first: Number of the first row, from 0.
        texts: For each head, the texts whose likelihood is asked for, ``None`` for a row of which it is not; empty:
            none is.
        table: The rows as they stand in a table, where they are from one: their other columns pass untouched.
        read: Bytes of the source up to its end, where the source knows.
    """

    rows: Sequence[R]
    examples: Sequence[Sequence[Example]]
    first: int
    texts: Sequence[Sequence[str | None] | None] = ()
    table: TableBlock | None = None
    read: int = 0


@dataclass(frozen=True)
class Rejected(Generic[R]):
    """A row of a block that no head could predict.

    Args:
        at: Its position in the block.
        row: The row.
        reason: Why.
    """

    at: int
    row: R
    reason: str


@dataclass(frozen=True, kw_only=True)
class PredictedBlock(Generic[R]):
    """A block with what the heads made of it.

    Args:
        block: The block, without the rows that were rejected.
        made: The predictions.
        nll: For each head, the negative log-likelihood of each text that was asked for; empty: of none.
        seconds: How long it took.
        rejected: The rows that are left out of it.
        kept: The columns of cells of the predictions, where an earlier process predicted and checked the block.
    """

    block: Block[R]
    made: BlockPredictions
    nll: Sequence[Sequence[float | None]] = ()
    seconds: float = 0.0
    rejected: tuple[Rejected[R], ...] = ()
    kept: tuple[Sequence[Cell], ...] | None = None


#: Told within a block: the block, the proportion of its tokens that is done, and their number.
Progress = Callable[[Block[Any], float, int], None]


class Engine(Protocol):
    """Where blocks are predicted.

    It takes them one after the other and gives each back with its predictions, in the same order; how many it works on
    at once is its own affair. It may tell how far it is within a block.
    """

    def __call__(self, blocks: Iterator[Block[R]], progress: Progress) -> Iterator[PredictedBlock[R]]: ...


def cut(
    rows: Iterable[R], characters: Callable[[R], int], *, first: int, largest: int, most: int = CHARACTERS
) -> Iterator[list[R]]:
    """Cut rows into blocks that depend on nothing but the rows.

    Args:
        rows: The rows.
        characters: How long a row is.
        first: Rows of the first block.
        largest: Rows of the largest one; each has four times as many as the one before it, up to this.
        most: Characters at which a block ends early.
    """
    size, long, block = first, 0, list[R]()
    for row in rows:
        block.append(row)
        long += characters(row)
        if len(block) == size or long >= most:
            yield block
            size, long, block = min(size * 4, largest), 0, []
    if block:
        yield block


def chosen(block: Block[R], at: Sequence[int]) -> Block[R]:
    """A block with some of its rows; it begins where the whole one does."""
    table = block.table
    if table is not None:
        import pyarrow as pa

        table = TableBlock(table.data.take(pa.array(at, pa.int64())), [table.lines[row] for row in at])
    return replace(
        block,
        rows=[block.rows[row] for row in at],
        examples=[[own[row] for row in at] for own in block.examples],
        texts=[None if own is None else [own[row] for row in at] for own in block.texts],
        table=table,
    )


def nothing(block: Block[Any], proportion: float, tokens: int) -> None:
    """Tell nobody how far a block is."""
