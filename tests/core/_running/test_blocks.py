"""Rows that go through the driver together."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._running.blocks import Block, chosen, cut
from nlptasks.plugin.protocols import Example, Row, TableBlock


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 5), st.integers(1, 20), st.integers(1, 30))
def test_no_row_is_lost_or_moved(rows, first, largest, most):
    blocks = list(cut(rows, int, first=first, largest=largest, most=most))
    assert [row for block in blocks for row in block] == rows
    assert all(blocks)
    assert all(len(block) <= max(first, largest) for block in blocks)
    assert all(sum(block[:-1]) < most for block in blocks)


def test_blocks_grow_to_the_largest():
    assert [len(block) for block in cut(range(40), lambda _: 1, first=1, largest=10)] == [1, 4, 10, 10, 10, 5]


def test_long_rows_end_a_block_and_the_next_is_larger_all_the_same():
    rows = [50, 60, 1, 1, 1, 1, 1, 1, 1]
    assert list(cut(rows, int, first=2, largest=8, most=100)) == [[50, 60], [1] * 7]
    assert [len(block) for block in cut([100] * 3, int, first=2, largest=8, most=100)] == [1, 1, 1]


def test_rows_are_read_as_they_are_needed():
    read = []
    blocks = cut((read.append(row) or row for row in range(10)), lambda _: 1, first=2, largest=2)
    next(blocks)
    assert read == [0, 1]


def test_some_rows_of_a_block_with_all_that_belongs_to_them():
    rows = [Row(line, (f"text {line}",)) for line in (2, 5, 6)]
    block = Block(
        rows=rows,
        examples=[[Example({"text": str(row.line)}) for row in rows]],
        texts=[["a", None, "c"], None],
        table=TableBlock(pa.table({"text": ["text 2", "text 5", "text 6"]}), [2, 5, 6]),
        first=9,
    )
    found = chosen(block, [0, 2])
    assert found.rows == [rows[0], rows[2]]
    assert [example.inputs["text"] for example in found.examples[0]] == ["2", "6"]
    assert found.texts == [["a", "c"], None]
    assert (found.table.lines, found.table.cells(0), found.first) == ([2, 6], ["text 2", "text 6"], 9)
    assert len(chosen(block, []).table) == 0
