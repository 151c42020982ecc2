import datetime
import io
import json
import tempfile
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.errors import DataError, NlptasksError

TEXT = st.text(max_size=12)


def parquet(**columns) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


class Pipe(io.BytesIO):
    def seekable(self):
        return False


def test_cells_of_all_kinds(formats):
    data = parquet(
        text=["a", None],
        kind=pa.array(["x", "y"]).dictionary_encode(),
        n=[1, None],
        f=[0.5, float("nan")],
        yes=[True, None],
        items=[["é"], []],
        when=[datetime.date(2024, 1, 2), None],
        price=[Decimal("1.50"), None],
        nothing=pa.nulls(2),
    )
    assert formats.rows("parquet", data)[1] == [
        (1, ["a", "x", 1, 0.5, "true", '["é"]', "2024-01-02", "1.50", None]),
        (2, [None, "y", None, None, None, "[]", None, None, None]),
    ]


def test_a_stream_that_cannot_seek(formats):
    table = formats.open("parquet").read(Pipe(parquet(text=["a"])), "<stdin>")
    assert [row.cells for row in table.rows] == [("a",)]


def test_no_room_for_the_temporary_copy(formats, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with pytest.raises(NlptasksError, match="temporary file: No space left") as caught:
        formats.open("parquet").read(Pipe(parquet(text=["a"])), "<stdin>")
    assert "TMPDIR" in caught.value.hint


@pytest.mark.parametrize("data", [b"id,text\n1,a\n", parquet(text=["a"])[:-20]])
def test_files_that_are_not_parquet(formats, data):
    with pytest.raises(DataError, match="f: this is not a Parquet file, or it is damaged") as caught:
        formats.rows("parquet", data)
    assert "--format" in caught.value.hint


def test_damaged_pages_are_found_when_they_are_read(formats):
    data = bytearray(parquet(text=[str(number) * 20 for number in range(1000)]))
    data[8:200] = b"\xff" * 192
    with pytest.raises(DataError, match="f:1: the Parquet data are damaged"):
        formats.rows("parquet", bytes(data))


def test_bytes_are_refused(formats):
    with pytest.raises(DataError, match="f: the column 'image' holds bytes"):
        formats.rows("parquet", parquet(text=["a"], image=[b"\x89PNG"]))


def test_names_that_occur_twice(formats):
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["x", "x"]), sink)
    with pytest.raises(DataError, match="f: two columns have the name 'x'"):
        formats.rows("parquet", sink.getvalue())


def test_large_cells(formats):
    rows = formats.rows("parquet", parquet(text=["a", "x" * 11]), max_cell=10)[1]
    assert (rows[0], rows[1][:2]) == ((1, ["a"]), (2, "a cell is longer than 10 characters"))


def test_columns_have_types(formats):
    rows = [("a", 1, 0.5, None, 1), (None, None, 1, None, "x")]
    data = formats.written("parquet", ["text", "n", "f", "none", "mixed"], rows)
    table = pq.read_table(io.BytesIO(data))
    assert [str(kind) for kind in table.schema.types] == ["string", "int64", "double", "string", "string"]
    assert table.to_pylist()[1] == {"text": None, "n": None, "f": 1.0, "none": None, "mixed": "x"}
    assert formats.rows("parquet", formats.written("parquet", ["a"], [])) == (("a",), [])


def test_row_groups(formats):
    data = formats.written("parquet", ["n"], ((number,) for number in range(20_000)))
    assert pq.ParquetFile(io.BytesIO(data)).num_row_groups == 3
    assert [cells for _, cells in formats.rows("parquet", data)[1]] == [[number] for number in range(20_000)]


@pytest.mark.parametrize("late", ["x", 0.5, 1 << 63])
def test_a_late_cell_that_does_not_fit(formats, late):
    rows = [(1,)] * 8192 + [(late,)]
    with pytest.raises(NlptasksError, match=r"row 8193: .* does not fit the column 'n', which held int64") as caught:
        formats.written("parquet", ["n"], rows)
    assert ".jsonl" in caught.value.hint


def test_numbers_of_the_user_are_not_rounded(formats):
    columns, rows = formats.rows("parquet", parquet(f=[1234567.891, float("inf")]))
    cells = [cells for _, cells in rows]
    assert formats.written("csv", columns, cells) == b"f\n1234567.891\ninf\n"
    assert formats.written("jsonl", columns, cells) == b'{"f": 1234567.891}\n{"f": null}\n'


def test_values_of_json_lines_become_text(formats):
    columns, rows = formats.rows("jsonl", '{"n": 1, "l": ["é"]}\n')
    data = formats.written("parquet", columns, [cells for _, cells in rows])
    assert pq.read_table(io.BytesIO(data)).to_pylist() == [{"n": "1", "l": '["é"]'}]


def test_nan_in_a_list_becomes_text(formats):
    columns, rows = formats.rows("parquet", parquet(items=[[float("nan")]]))
    assert json.loads(formats.written("jsonl", columns, [cells for _, cells in rows])) == {"items": "[nan]"}


def test_half_a_surrogate_pair_is_escaped(formats):
    assert formats.copied("parquet", ["a"], [("\ud83d",)]) == (("a",), [["\\ud83d"]])


@settings(max_examples=50)
@given(
    rows=st.lists(
        st.tuples(
            TEXT | st.none(),
            st.integers(-(1 << 63), (1 << 63) - 1),
            st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read(formats, rows):
    assert formats.copied("parquet", ("a", "b", "c"), rows) == (("a", "b", "c"), [list(row) for row in rows])
