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

from nlptasks.errors import DataError, NlptasksError, UsageError

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
    assert [list(row.cells) for row in table.rows] == [["a"]]


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


def test_a_task_cannot_read_bytes(formats):
    table = formats.table("parquet", parquet(text=["a"], image=[b"\x89PNG"]))
    [row] = table.rows
    assert row.cells[0] == "a"
    with pytest.raises(UsageError, match="the column 'image' holds bytes"):
        row.cells[1]


def test_names_that_occur_twice(formats):
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["x", "x"]), sink)
    with pytest.raises(DataError, match="f: two columns have the name 'x'"):
        formats.rows("parquet", sink.getvalue())


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


@pytest.mark.parametrize(
    ("late", "kind", "first"),
    [
        ("x", "string", "1"),
        (0.5, "double", 1.0),
        (1 << 63, "uint64", 1),
        (1 << 64, "string", "1"),
        ([1], "string", "1"),
    ],
)
@pytest.mark.parametrize("rows", [1, 8192, 20_000])
def test_the_last_cell_counts_as_much_as_the_first(formats, late, kind, first, rows):
    table = pq.read_table(io.BytesIO(formats.written("parquet", ["n"], [(1,)] * rows + [(late,)])))
    assert (str(table.schema.field("n").type), table["n"][0].as_py(), len(table)) == (kind, first, rows + 1)


def test_scores_behind_many_blank_rows_are_numbers(formats):
    table = pq.read_table(io.BytesIO(formats.written("parquet", ["s"], [(None,)] * 9000 + [(0.5,)])))
    assert table.schema.field("s").type == pa.float64()


def test_numbers_of_the_user_are_not_rounded(formats):
    data = parquet(f=[1234567.891, float("inf"), float("nan"), None], g=pa.array([0.1, 1, 2, None], pa.float32()))
    assert formats.converted("parquet", data, "csv") == b"f,g\n1234567.891,0.1\ninf,1.0\nnan,2.0\n,\n"
    assert formats.converted("parquet", data, "jsonl").decode().splitlines() == [
        '{"f": 1234567.891, "g": 0.1}',
        '{"f": null, "g": 1.0}',
        '{"f": null, "g": 2.0}',
        '{"f": null, "g": null}',
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2"], "int64"),
        (["1", "2.50"], "double"),
        (["1.10", "12345678901234567890.125"], "string"),
        (["1", "1E-400"], "string"),
        (["9007199254740993", "0.5"], "string"),
        (["18446744073709551615", "1"], "uint64"),
        (["18446744073709551615", "-1"], "string"),
        (["true", "null"], "bool"),
        (["[1]", "[]", "null"], "list<element: int64>"),
        (['{"a": [true], "b": null}', '{"b": "x", "a": []}'], "struct<a: list<element: bool>, b: string>"),
        (['{"a": 1}', '{"b": 1}'], "string"),
        (["1", '"1"'], "string"),
        (["{}"], "string"),
        (["null"], "string"),
    ],
)
def test_values_of_json_lines_have_the_type_that_holds_all_of_them(formats, values, kind):
    data = "".join(f'{{"v": {value}}}\n' for value in values)
    table = pq.read_table(io.BytesIO(formats.converted("jsonl", data, "parquet")))
    assert str(table.schema.field("v").type) == kind
    before = [json.loads(value) for value in values]
    texts = [value if value is None or isinstance(value, str) else values[at] for at, value in enumerate(before)]
    assert table["v"].to_pylist() == (texts if kind == "string" else before)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "", "-2"], "int64", [1, None, -2]),
        (["0.5", "2"], "double", [0.5, 2.0]),
        (["007", "1"], "string", ["007", "1"]),
        (["1.10"], "string", ["1.10"]),
        (["1e5", "nan"], "string", ["1e5", "nan"]),
        (["12345678901234567890123"], "string", ["12345678901234567890123"]),
        (["1", "N/A"], "string", ["1", "N/A"]),
        (["x", ""], "string", ["x", ""]),
    ],
)
def test_cells_of_text_are_numbers_where_each_is_written_as_one(formats, cells, kind, values):
    data = "n,x\n" + "".join(f"{cell},x\n" for cell in cells)
    table = pq.read_table(io.BytesIO(formats.converted("csv", data, "parquet")))
    assert (str(table.schema.field("n").type), table["n"].to_pylist()) == (kind, values)


def test_names_keep_their_blanks(formats):
    data = formats.converted("csv", " a,b ,c\n1,2,3\n", "parquet")
    assert pq.read_schema(io.BytesIO(data)).names == [" a", "b ", "c"]
    assert formats.converted("parquet", data, "csv") == b" a,b ,c\n1,2,3\n"
    assert formats.table("csv", " a,b ,c\n1,2,3\n").columns == ("a", "b", "c")


def test_structures_of_predictions_are_structures(formats):
    made = [[{"answer": "a", "score": 0.5}], None]
    table = pq.read_table(io.BytesIO(formats.converted("csv", "a\nx\ny\n", "parquet", {"p": made})))
    assert table["p"].to_pylist() == made


def test_half_a_surrogate_pair_is_escaped(formats):
    assert formats.copied("parquet", ["a"], [("\ud83d",)]) == (("a",), [["\\ud83d"]])


@pytest.mark.parametrize("target", ["parquet", "csv"])
def test_half_a_surrogate_pair_is_told(formats, target):
    data = '{"a": "x\\ud83d", "b": "\\\\ud83d", "c": "\\ud83d\\ude00"}\n{"a": ["\\udc00"], "b": "", "c": ""}\n'
    notes = [note for note in formats.notes("jsonl", data, target) if "surrogate" in note]
    assert notes == ["column 'a': 2 unpaired surrogates written as text with escapes"]


def test_a_dictionary_of_texts_that_are_no_utf_8_passes(formats):
    texts = pa.array([b"\xff\xfe", b"ok"])
    bad = pa.StringArray.from_buffers(2, *texts.buffers()[1:])
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": ["x", "y"], "d": pa.DictionaryArray.from_arrays(pa.array([0, 1]), bad)}), stream)
    written = pq.ParquetFile(
        io.BytesIO(formats.converted("parquet", stream.getvalue(), "parquet")), read_dictionary=["d"]
    )
    assert pa.types.is_dictionary(written.schema_arrow.field("d").type)
    assert written.read()["d"].combine_chunks().dictionary.cast(pa.binary()).to_pylist() == texts.to_pylist()
    assert b"\\xff\\xfe" in formats.converted("parquet", stream.getvalue(), "csv")


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
