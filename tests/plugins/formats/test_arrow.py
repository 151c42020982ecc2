"""Arrow's files and streams."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from nlptasks.errors import DataError

TABLE = pa.table({"text": ["good", None, "bad"], "n": [1, 2, 3], "tags": [["a"], [], None]})


def ipc(kind: str) -> bytes:
    sink = pa.BufferOutputStream()
    with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(sink, TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=2)
    return sink.getvalue().to_pybytes()


def compressed() -> bytes:
    stream = io.BytesIO()
    feather.write_feather(TABLE, stream, compression="zstd")
    return stream.getvalue()


@pytest.mark.parametrize("data", [ipc("file"), ipc("stream"), compressed()], ids=["file", "stream", "feather"])
def test_columns_are_what_they_are(formats, data):
    columns, rows = formats.rows("arrow", data)
    assert columns == ("text", "n", "tags")
    assert rows == [(1, ["good", 1, '["a"]']), (2, [None, 2, "[]"]), (3, ["bad", 3, None])]
    again = formats.converted("arrow", data, "arrow", {"score": [0.5, None, 1.5]})
    found = pa.ipc.open_file(io.BytesIO(again)).read_all()
    assert found.drop_columns("score").equals(TABLE)
    assert found.column("score").to_pylist() == [0.5, None, 1.5]


def test_an_empty_table(formats):
    data = formats.written("arrow", ["text"], [])
    assert formats.rows("arrow", data) == (("text",), [])


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"text\ngood\n", "no Arrow data"), (b"FEA1....", "version 1"), (ipc("file")[:200], "no Arrow data")],
)
def test_what_cannot_be_read(formats, data, said):
    with pytest.raises(DataError, match=said):
        formats.rows("arrow", data)


def test_a_stream_that_is_cut_off(formats):
    with pytest.raises(DataError, match="damaged"):
        formats.rows("arrow", ipc("stream")[:-60])


def test_a_data_set_of_datasets_is_read_as_it_was_saved(nlptasks_run, tmp_path: Path):
    datasets = pytest.importorskip("datasets")
    saved = datasets.Dataset.from_dict({"text": ["good", "bad"], "label": [1, 0]})
    datasets.disable_progress_bars()
    saved.save_to_disk(str(tmp_path / "saved"), num_shards=2)
    rows = nlptasks_run(str(tmp_path / "saved"))
    assert [json.loads(row)["text"] for row in rows] == ["good", "bad"]
    assert "file" not in json.loads(rows[0]), "its shards are one table"
