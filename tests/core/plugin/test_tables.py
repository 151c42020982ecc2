import pytest

from nlptasks.plugin.protocols import BadRow, Row, Table

ROWS = [Row(2, ["x", 1]), BadRow(3, "bad"), Row(4, ["y", [1]])]


def test_a_format_may_yield_rows_of_python_values():
    table = Table.of_rows(("a", "b"), ROWS, ["a note"])
    assert (table.columns, table.names, table.notes) == (("a", "b"), ("a", "b"), ("a note",))
    first, bad, last = table.rows
    assert (first.line, list(first.cells), bad, list(last.cells)) == (2, ["x", "1"], ROWS[1], ["y", "[1]"])


def test_the_first_rows_stay_in_the_table():
    table = Table.of_rows(("a", "b"), ROWS)
    assert [row.line for row in table.first(1)] == [2]
    assert [row.line for row in table.first()] == [2, 4]
    assert [row.line for row in table.rows] == [2, 3, 4]


def test_a_row_is_a_sequence_of_cells():
    row = next(iter(Table.of_rows(("a", "b"), ROWS).rows))
    assert (len(row.cells), row.cells[-1], row.cells[:1], row.cells == ["x", "1"]) == (2, "1", ["x"], True)
    with pytest.raises(IndexError):
        row.cells[2]


def test_parts_of_a_block():
    [block] = Table.of_rows(("a", "b"), ROWS).blocks
    assert [(list(part.lines), len(part.bad)) for part in (block.part(0, 1), block.part(1, 2))] == [([2], 0), ([4], 1)]
    assert block.part(0, 1).cells(0) == ["x"]
