"""Excel workbooks."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks_formats import workbook_parts
from nlptasks_formats.options import WorkbookOptions


def book(*rows: list[Any], then: Callable[[Any], None] = lambda book: None) -> bytes:
    made = openpyxl.Workbook()
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            if cell is not None:
                made.active.cell(at, column, cell)
    then(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


HEADER = ["id", "text", "n", "when", "ok"]


def test_cells_of_all_kinds_and_empty_rows(formats):
    when = datetime.datetime(2024, 5, 1, 10)
    rows = HEADER, ["007", "good", 1.5, when, True], [], [8, None, 12, when.date(), False]
    data = book([], *([None, *row] for row in rows))
    columns, rows = formats.rows("xlsx", data)
    assert columns == tuple(HEADER)
    assert rows == [
        (3, ["007", "good", "1.5", "2024-05-01 10:00:00", "true"]),
        (5, ["8", None, "12", "2024-05-01", "false"]),
    ]


def test_a_sheet_is_named_where_several_hold_something(formats):
    def more(made: Any) -> None:
        made.create_sheet("empty")
        made.create_sheet("Second").append(["text"])

    data = book(["text"], ["x"], then=more)
    with pytest.raises(UsageError, match="f has 2 sheets: 'Sheet', 'Second'"):
        formats.table("xlsx", data)
    assert formats.table("xlsx", data, own=WorkbookOptions(sheet="Second")).columns == ("text",)
    assert formats.table("xlsx", data, own=WorkbookOptions(sheet="Sheet")).notes == ("sheet: Sheet",)
    with pytest.raises(UsageError, match="no sheet 'third'"):
        formats.table("xlsx", data, own=WorkbookOptions(sheet="third"))


def test_without_a_header(formats):
    columns, rows = formats.rows("xlsx", book(["a", 1], ["b", 2]), header=False)
    assert (columns, rows) == (("column_1", "column_2"), [(1, ["a", "1"]), (2, ["b", "2"])])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (book(["a", "b"], [1, 2], [3, 4], then=lambda made: made.active.merge_cells("A2:A3")), "A2:A3 are merged"),
        (book(["a", "b"], ["x", "=1+1"]), "the formula in B2 has no stored value"),
        (book(["a", "a"], [1, 2]), "two columns have the name 'a'"),
        (book(["a", None, "c"], [1, 2, 3]), "B1 is empty"),
        (book(), "the workbook is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted workbook"),
        (b"PK\x03\x04 no archive", "no .xlsx workbook, or it is damaged"),
        (book(["a"], ["x"])[:900], "no .xlsx workbook, or it is damaged"),
    ],
)
def test_one_message_for_what_cannot_be_read(formats, data, said):
    with pytest.raises(DataError, match=said):
        formats.rows("xlsx", data)


def test_an_archive_that_is_no_workbook(formats):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a.csv", "text\n")
    with pytest.raises(DataError, match="this workbook cannot be read"):
        formats.rows("xlsx", stream.getvalue())


def test_a_bomb_is_not_unpacked(formats, monkeypatch):
    monkeypatch.setattr(workbook_parts, "LARGEST", 1 << 20)
    with pytest.raises(DataError, match="unpacked it has more than"):
        formats.rows("xlsx", book(["text"], *([f"{n} " * 50] for n in range(10_000))))


def test_errors_are_counted(formats):
    data = book(["text", "n"], ["x", "#DIV/0!"])
    assert formats.table("xlsx", data).notes == ("1 cell with an error such as #N/A read as nothing",)


def test_what_is_written_is_read(formats):
    rows = [["007", 1, 1.5, True, None], ["=1+1", -2, 1e300, False, "größer\n😀"]]
    columns, found = formats.copied("xlsx", list("abcde"), rows)
    assert columns == tuple("abcde")
    assert found == [["007", "1", "1.5", "true", None], ["=1+1", "-2", "1e+300", "false", "größer\n😀"]]


def test_cells_of_csv_stay_texts_and_equal_rows_give_equal_bytes(formats):
    one, two = (formats.converted("csv", "id,text\n007,x\n7,y\n", "xlsx") for _ in range(2))
    assert one == two
    assert formats.rows("xlsx", one)[1] == [(2, ["007", "x"]), (3, ["7", "y"])]
    assert b"<c r=" in zipfile.ZipFile(io.BytesIO(one)).read("xl/worksheets/sheet1.xml")


def test_what_a_sheet_cannot_hold(formats):
    with pytest.raises(NlptasksError, match="a text of 40,000 characters, and a cell holds 32,767"):
        formats.written("xlsx", ["text"], [["x" * 40_000]])
    writer = formats.open("xlsx").write(io.BytesIO(), ["n"])
    table = formats.table("jsonl", '{"n": 12345678901234567890}\n{"n": [1]}\n')
    for block in table.blocks:
        writer.write(block, [])
    writer.close()
    assert writer.notes == (
        "column 'n': 1 list written as JSON text",
        "1 numbers of more than 15 digits written as text",
    )
