"""Which rows and columns of a table are taken."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from nlptasks._settings.groups import RowChoice
from nlptasks._tables.taking import kept_columns, take_rows
from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import BadRow, Table, TableBlock


def table(rows: int, block: int, bad: tuple[int, ...] = ()) -> Table:
    """Rows in blocks of a size; the line of each is its number."""
    blocks = [
        TableBlock(
            pa.table({"n": list(range(start, min(start + block, rows)))}),
            range(start, min(start + block, rows)),
            tuple(BadRow(line, "bad") for line in bad if start <= line < start + block),
        )
        for start in range(0, rows, block)
    ]
    return Table(("n",), iter(blocks))


def taken(rows: int, block: int, **chosen: int) -> list[int]:
    found = table(rows, block)
    take_rows(found, RowChoice(**chosen))
    cells = [cell for each in found.blocks for cell in each.cells(0)]
    assert all(isinstance(cell, int) for cell in cells)
    return cells  # type: ignore[return-value]


def test_the_first_rows():
    assert taken(10, 3, limit=4) == [0, 1, 2, 3]
    assert taken(10, 3, limit=6) == list(range(6))
    assert taken(3, 3, limit=10) == [0, 1, 2]


def test_a_sample_keeps_the_order_and_depends_on_the_seed_alone():
    one = taken(20_000, 4_096, sample=50, seed=1)
    assert one == sorted(one)
    assert len(set(one)) == 50
    assert one == taken(20_000, 64, sample=50, seed=1)
    assert one != taken(20_000, 64, sample=50, seed=2)
    assert taken(10, 4, sample=20) == list(range(10))
    assert set(taken(20_000, 512, limit=100, sample=10)) <= set(range(100))


def test_each_row_is_as_likely_as_another():
    counts = [0] * 40
    for seed in range(400):
        for row in taken(40, random.Random(seed).randint(1, 40), sample=10, seed=seed):
            counts[row] += 1
    # 400 samples of a quarter each: 100 on average, with a standard deviation of 8.7.
    assert 60 < min(counts) <= max(counts) < 140


def test_bad_rows_are_told_whatever_the_sample():
    found = table(100, 10, bad=(5, 95))
    take_rows(found, RowChoice(sample=1))
    assert [row.line for block in found.blocks for row in block.bad] == [5, 95]
    found = table(100, 10, bad=(5, 95))
    take_rows(found, RowChoice(limit=50))
    assert [row.line for block in found.blocks for row in block.bad] == [5]


def test_columns():
    found = Table(("id", "text", "Note"), iter(()))
    assert kept_columns(found, RowChoice(), "x.csv") == [0, 1, 2]
    assert kept_columns(found, RowChoice(keep_columns=("Note", "id")), "x.csv") == [2, 0]
    with pytest.raises(UsageError, match=r"x\.csv has no column 'note'") as refused:
        kept_columns(found, RowChoice(keep_columns=("note",)), "x.csv")
    assert refused.value.hint == "did you mean 'Note'?"
    with pytest.raises(UsageError, match="names a column twice: id,id"):
        kept_columns(found, RowChoice(keep_columns=("id", "id")), "x.csv")
