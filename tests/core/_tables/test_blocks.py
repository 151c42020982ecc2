import pyarrow as pa
import pytest

from nlptasks._tables.blocks import Sizes, guard, in_blocks
from nlptasks.errors import UsageError
from nlptasks.plugin.protocols import BadRow, Row, Table, TableBlock

SIZES = Sizes(first=2, largest=8, characters=1_000)


def table(*rows, columns=("a", "b")):
    return Table.of_rows(columns, rows)


def texts(count, text="x"):
    return [Row(at, [text, at]) for at in range(1, count + 1)]


def sizes(rows, **settings):
    return [len(block) for block in in_blocks(table(*rows), [0], max_cell=100_000, sizes=Sizes(**settings))]


def test_blocks_grow():
    assert sizes(texts(30), first=2, largest=8) == [2, 8, 8, 8, 4]
    assert sizes(texts(2), first=2, largest=8) == [2]


def test_long_texts_end_a_block_early():
    assert sizes(texts(5, "x" * 500), first=4, largest=8, characters=1_000) == [2, 2, 1]
    assert sizes(texts(3, "x" * 2_000), first=4, largest=8, characters=1_000) == [1, 1, 1]


def test_blocks_do_not_depend_on_those_of_the_format():
    def of(parts):
        at = iter(range(1, 100))
        blocks = (TableBlock(pa.table({"a": ["x"] * rows}), [next(at) for _ in range(rows)]) for rows in parts)
        return [list(block.lines) for block in in_blocks(Table(("a",), blocks), [0], max_cell=9, sizes=SIZES)]

    assert of([20]) == of([1] * 20) == of([7, 0, 13]) == [[1, 2], list(range(3, 11)), list(range(11, 19)), [19, 20]]


def test_bad_rows_stay_where_they_are():
    rows = [Row(1, ["x", 1]), BadRow(2, "bad"), Row(3, ["y", 2]), Row(4, ["z", 3]), BadRow(5, "worse")]
    blocks = list(in_blocks(table(*rows), [0], max_cell=9, sizes=SIZES))
    assert [(list(block.lines), [row.line for row in block.bad]) for block in blocks] == [([1, 3], [2]), ([4], [5])]
    assert [row.line for block in blocks for row in block.rows()] == [1, 2, 3, 4, 5]


def test_only_columns_that_are_read_are_looked_at():
    long, bad = "x" * 50, pa.array([b"caf\xe9", b"ok"]).cast(pa.binary())
    invalid = pa.Array.from_buffers(pa.string(), 2, bad.buffers())
    data = pa.table({"a": ["fine", long], "b": invalid, "c": [b"\xff", b""]})

    def lines(reads, max_cell=10):
        found = Table(("a", "b", "c"), iter([TableBlock(data, [2, 3])]))
        guard(found, reads, max_cell)
        [block] = found.blocks
        return list(block.lines), [(row.line, row.reason) for row in block.bad]

    assert lines([]) == ([2, 3], [])
    assert lines([0]) == ([2], [(3, "the column 'a' holds a text longer than 10 characters here")])
    assert lines([0], 50) == ([2, 3], [])
    assert lines([1]) == ([3], [(2, "the column 'b' holds bytes that are no UTF-8 here")])
    with pytest.raises(UsageError, match="the column 'c' holds bytes"):
        lines([2])
