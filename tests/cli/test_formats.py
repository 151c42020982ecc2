"""Every format in and out, by the name's suffix."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NOTES = ["plain", "naïve, café", 'a "quote"']
ANSWERED = [[str(at), note, "positive", "0.75"] for at, note in enumerate(NOTES)]


def delimited(delimiter: str) -> bytes:
    """The texts as CSV or TSV."""
    rows = [["id", "text"], *([str(number), note] for number, note in enumerate(NOTES))]
    cells = [['"' + cell.replace('"', '""') + '"' if set(cell) & set('",\t') else cell for cell in row] for row in rows]
    return "".join(delimiter.join(row) + "\n" for row in cells).encode()


def json_lines() -> bytes:
    """The texts as JSON Lines."""
    return "".join(json.dumps({"id": str(at), "text": note}) + "\n" for at, note in enumerate(NOTES)).encode()


def parquet() -> bytes:
    """The texts as Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [str(number) for number in range(len(NOTES))], "text": NOTES}), sink)
    return sink.getvalue().to_pybytes()


def zstd(data: bytes) -> bytes:
    """Compress as the command ``zstd`` does."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


INPUTS: dict[str, Callable[[], bytes]] = {
    "reviews.csv": lambda: delimited(","),
    "reviews.tsv": lambda: delimited("\t"),
    "reviews.jsonl": json_lines,
    "reviews.json": lambda: b"[" + b",".join(json_lines().splitlines()) + b"]",
    "reviews.parquet": parquet,
    "reviews.csv.gz": lambda: gzip.compress(delimited(",")),
    "reviews.tsv.zst": lambda: zstd(delimited("\t")),
    "reviews.jsonl.zst": lambda: zstd(json_lines()),
    "Reviews.CSV": lambda: delimited(","),
}


@pytest.mark.parametrize("name", INPUTS)
def test_the_output_has_the_format_and_the_compression_of_the_data(command, name):
    command.write(name, INPUTS[name]())
    result = command.constant("--data", name).succeeded()
    stem, dot, ending = name.partition(".")
    output = f"{stem}.sentiment{dot}{ending}"
    assert result.after.keys() - result.before.keys() == {output}
    assert rows_of(output, result.after[output]) == ANSWERED


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.csv.gz", "out.csv.zst", "out.jsonl.gz", "out.parquet"])
def test_outputs(command, name):
    command.write("reviews.csv", delimited(","))
    command.constant("--data", "reviews.csv", "--output", name).succeeded()
    assert rows_of(name, (command.folder / name).read_bytes()) == ANSWERED


def rows_of(name: str, data: bytes) -> list[list[str]]:
    """The cells of an output, as text."""
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    elif name.endswith(".zst"):
        data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    if ".parquet" in name:
        return [[str(cell) for cell in row.values()] for row in pq.read_table(pa.BufferReader(data)).to_pylist()]
    lines = data.decode().splitlines()
    if ".json" in name:
        return [[str(cell) for cell in json.loads(line).values()] for line in lines]
    return list(csv.reader(lines, delimiter="\t" if ".tsv" in name else ","))[1:]


def test_the_score_stays_a_number_in_parquet(command):
    command.write("reviews.csv", delimited(","))
    command.constant("--data", "reviews.csv", "--output", "out.parquet").succeeded()
    assert pq.read_schema(command.folder / "out.parquet").field("sentiment_score").type == pa.float64()


def test_values_of_json_lines_keep_their_types(command):
    command.write("reviews.jsonl", '{"text": "good", "n": 1.0, "tags": ["a"], "none": null}\n')
    command.constant("--data", "reviews.jsonl").succeeded()
    row = command.read("reviews.sentiment.jsonl")
    assert row.startswith('{"text": "good", "n": 1.0, "tags": ["a"], "none": null, "sentiment": "positive"')


def test_plain_text_gives_a_table(command):
    command.write("reviews.txt", "one, with a comma\n\nthree\n")
    command.constant("--data", "reviews.txt").succeeded()
    rows = command.read("reviews.sentiment.csv").splitlines()
    assert rows == ["text,sentiment,sentiment_score", '"one, with a comma",positive,0.75', ",,", "three,positive,0.75"]


def test_a_file_without_a_suffix_is_csv(command):
    command.write("reviews", delimited(","))
    command.constant("--data", "reviews").succeeded()
    assert "reviews.sentiment.csv" in command.files()


def test_a_named_format_wins_over_the_suffix(command):
    command.write("reviews.log", json_lines())
    command.constant("--data", "reviews.log", "--format", "jsonl", "--output", "out.csv").succeeded()
    assert len(command.read("out.csv").splitlines()) == 1 + len(NOTES)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_another_delimiter_is_found_and_told(command, delimiter):
    command.write("reviews.csv", delimiter.join(["id", "text"]) + "\n" + delimiter.join(["1", "good"]) + "\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "delimiter: " in result.stderr
    assert "1,good,positive,0.75" in command.read("reviews.sentiment.csv")


def test_windows_1252_is_found_and_told(command):
    command.write("reviews.csv", "id,text\n1,naïve café – 5 €\n".encode("cp1252"))
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "encoding: cp1252" in result.stderr
    assert "--encoding" in result.stderr
    assert "naïve café – 5 €" in command.read("reviews.sentiment.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(command, encoding):
    command.write("reviews.csv", "text,id\nnaïve 日本,1\n".encode(encoding))
    command.constant("--data", "reviews.csv").succeeded()
    expected = "text,id,sentiment,sentiment_score\nnaïve 日本,1,positive,0.75\n"
    assert command.read("reviews.sentiment.csv") == expected


def test_a_named_encoding(command):
    command.write("reviews.csv", "text\nпривет\n".encode("cp1251"))
    command.constant("--data", "reviews.csv", "--encoding", "cp1251").succeeded()
    assert "привет" in command.read("reviews.sentiment.csv")


def test_rows_without_a_header(command):
    command.write("reviews.csv", "1,good\n2,bad\n")
    command.constant("--data", "reviews.csv", "--no-header", "--text", "column_2").succeeded()
    assert command.read("reviews.sentiment.csv").splitlines()[1] == "1,good,positive,0.75"


def test_an_encoding_of_another_script_is_found_and_told(command):
    text = "id,评论\n1,这家酒店很好\n2,房间太小了不会再来\n"
    command.write("reviews.csv", text.encode("gb18030"))
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "encoding: gb18030" in result.stderr
    assert "1,这家酒店很好,positive,0.75" in command.read("reviews.sentiment.csv")


def test_lines_of_text_without_a_header_are_all_read(command):
    command.write("reviews.csv", "great film\nawful film\nboring\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "no header: the first row, 'great film', is data" in result.stderr
    expected = [
        "text,sentiment,sentiment_score",
        *(f"{t},positive,0.75" for t in ("great film", "awful film", "boring")),
    ]
    assert command.read("reviews.sentiment.csv").splitlines() == expected
    result = command.constant("--data", "reviews.csv", "--header", "--force").succeeded()
    assert command.read("reviews.sentiment.csv").startswith("great film,sentiment,sentiment_score\nawful film,")
    assert "header" not in result.stderr


def test_a_header_in_doubt_is_told(command):
    command.write("reviews.csv", "good\nbad\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "the first row, 'good', names the column (--no-header: it is data)" in result.stderr


def test_cells_that_stand_for_nothing_are_counted(command):
    command.write("reviews.csv", "id,text\n1,good\n2,N/A\n3,null\n4,N/A\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "read as missing: 2 × 'N/A', 1 × 'null'" in result.stderr
    assert "3 rows skipped: no text" in result.stderr
    assert command.read("reviews.sentiment.csv").splitlines()[1:3] == ["1,good,positive,0.75", "2,N/A,,"]
    result = command.constant("--data", "reviews.csv", "--keep-na", "--force").succeeded()
    assert "2,N/A,positive,0.75" in command.read("reviews.sentiment.csv")
    assert "missing" not in result.stderr


def test_the_only_column_of_free_text_is_found_and_told(command):
    command.write("reviews.csv", "nr,words\n1,The film was great\n2,I did not like it at all\n")
    result = command.constant("--data", "reviews.csv").succeeded()
    assert "text: the column 'words', the only one with free text (--text names another)" in result.stderr


ODD = {
    "ratio": pa.array([1.5, float("nan"), float("inf")]),
    "bytes": pa.array([b"a", b"b", None]),
    "price": pa.array(["1.10", "2.20", None]).cast(pa.decimal128(5, 2)),
    "when": pa.array([0, 1, None], pa.timestamp("ms")),
    "tags": pa.array([["a"], [], None]),
    "pairs": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
}


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "out.csv",
            [
                "column 'bytes': 2 binary values written as base64 text",
                "column 'price': 2 decimals written as text",
                "column 'when': 2 timestamps written as text",
                "column 'tags': 2 lists written as JSON text",
                "column 'pairs': 2 maps written as JSON text",
            ],
        ),
        (
            "out.jsonl",
            [
                "column 'ratio': 2 NaN or infinite numbers written as null",
                "column 'bytes': 2 binary values written as base64 text",
                "column 'when': 2 timestamps written as text",
                "column 'pairs': 2 maps written as a list of pairs",
            ],
        ),
        ("out.parquet", []),
    ],
)
def test_what_a_format_cannot_hold_is_said_once_a_column(command, output, said):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": NOTES, **ODD}), sink)
    command.write("odd.parquet", sink.getvalue().to_pybytes())
    result = command.constant("--data", "odd.parquet", "--output", output).succeeded()
    assert [line.strip() for line in result.stderr.splitlines() if " written as " in line] == said


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "out.csv",
            ["column 'a': 1 list written as JSON text", "column 'a': 1 object written as JSON text"],
        ),
        (
            "out.parquet",
            [
                "column 'b': 1 missing key written as null",
                "column 'a': no one type holds its values; each is written as text, or as JSON text",
            ],
        ),
        ("out.jsonl", []),
    ],
)
def test_what_json_lines_become_is_said(command, output, said):
    command.write("in.jsonl", '{"text": "x", "a": [1], "b": 1}\n{"text": "y", "a": {"k": 1}}\n')
    result = command.constant("--data", "in.jsonl", "--output", output).succeeded()
    assert [line.strip() for line in result.stderr.splitlines() if "column '" in line] == said
