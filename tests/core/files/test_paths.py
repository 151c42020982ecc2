import errno
import gzip
import io
import os
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import (
    default_output,
    open_input,
    refuse_stream,
    same_file,
    split_suffix,
)

TEXT = "id,review\n1,größer 🎉\n".encode()


def zst(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


COMPRESS = {"gz": gzip.compress, "zst": zst}


def content(path: Path | str) -> bytes:
    with open_input(path) as source:
        return source.stream.read()


def stdin(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# ------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("reviews.csv", ("reviews", ".csv", "")),
        ("a/my.reviews.CSV.GZ", ("my.reviews", ".CSV", ".GZ")),
        ("reviews.gz", ("reviews", "", ".gz")),
        ("reviews.jsonl.zst", ("reviews", ".jsonl", ".zst")),
        ("reviews", ("reviews", "", "")),
    ],
)
def test_suffixes_are_split(name, parts):
    assert split_suffix(name) == parts


@pytest.mark.parametrize(
    ("name", "tasks", "output"),
    [
        ("in/reviews.csv", ["sentiment"], "in/reviews.sentiment.csv"),
        ("reviews.csv.gz", ["sentiment"], "reviews.sentiment.csv.gz"),
        ("reviews.jsonl", ["sentiment", "classification"], "reviews.sentiment-classification.jsonl"),
        ("x.txt", ["sentiment"], "x.sentiment.csv"),
        ("x.txt.gz", ["sentiment"], "x.sentiment.csv.gz"),
        ("x", ["acme:sentiment"], "x.acme-sentiment.csv"),
    ],
)
def test_the_output_is_named_after_input_and_tasks(name, tasks, output):
    assert default_output(name, *tasks) == Path(output)


@pytest.mark.parametrize("name", ["-", "<stdin>", "/dev/null"])
def test_nothing_is_written_beside_a_pipe_or_device(name):
    assert default_output(name, "sentiment") is None


@pytest.mark.parametrize("name", ["-", "/dev/null", "pipe"])
def test_a_stream_is_refused_where_a_file_is_read_more_than_once(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(UsageError, match=r"^this is read twice, and .*can be read only once"):
        refuse_stream(name, "this is read twice")


def test_files_folders_and_what_is_not_there_are_no_streams(tmp_path):
    (tmp_path / "a.csv").write_bytes(TEXT)
    for path in (tmp_path / "a.csv", tmp_path, tmp_path / "gone"):
        refuse_stream(path, "this is read twice")


def test_same_file_follows_links(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(TEXT)
    (tmp_path / "link.csv").symlink_to(file)
    assert same_file(file, tmp_path / "link.csv")
    assert not same_file(file, tmp_path / "b.csv")
    assert not same_file("-", file)


# ------------------------------------------------------------------- input


def test_a_file_is_opened(tmp_path):
    file = tmp_path / "a.CSV"
    file.write_bytes(TEXT)
    with open_input(file) as source:
        assert (source.stream.read(), source.name, source.suffix) == (TEXT, str(file), ".csv")
    assert source.stream.closed


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_data_are_known_by_name_and_by_content(tmp_path, monkeypatch, kind):
    data = COMPRESS[kind](TEXT) + COMPRESS[kind](TEXT)  # several members or frames
    named, unnamed = tmp_path / f"a.csv.{kind}", tmp_path / "a.csv"
    named.write_bytes(data)
    unnamed.write_bytes(data)
    assert content(named) == content(unnamed) == TEXT * 2
    with open_input(named) as source:
        assert source.suffix == ".csv"
    stdin(monkeypatch, data)
    with open_input("-") as source:
        assert (source.stream.read(), source.name, source.suffix) == (TEXT * 2, "<stdin>", "")


def test_a_zstd_file_may_begin_with_a_skippable_frame(tmp_path):
    (tmp_path / "a.zst").write_bytes(b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zst(TEXT))
    assert content(tmp_path / "a.zst") == TEXT


@pytest.mark.parametrize("kind", ["gz", "zst"])
@pytest.mark.parametrize("damage", [lambda data: data[:-6], lambda data: data[:6] + b"\xff" * 20 + data[26:]])
def test_damaged_compressed_data_are_refused(tmp_path, kind, damage):
    file = tmp_path / f"a.csv.{kind}"
    file.write_bytes(damage(COMPRESS[kind](TEXT * 500)))
    with pytest.raises(DataError, match=r"a\.csv\.\w+: the \w+ data are cut off or damaged") as caught:
        content(file)
    assert caught.value.exit_code == 1
    assert "again" in caught.value.hint


def test_a_name_that_promises_compression_is_held_to_it(tmp_path):
    file = tmp_path / "a.csv.gz"
    file.write_bytes(TEXT)
    with pytest.raises(DataError, match=r"ends in \.gz, but it holds no gzip data") as caught:
        content(file)
    assert "rename" in caught.value.hint


@pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0), zst(b"")])
def test_an_empty_file_is_refused(tmp_path, monkeypatch, data):
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.csv: the file is empty"):
        content(file)
    stdin(monkeypatch, data)
    with pytest.raises(DataError, match=r"<stdin>: the file is empty"):
        content("-")


def test_an_empty_file_with_a_compressed_name_is_empty(tmp_path):
    (tmp_path / "a.csv.gz").touch()
    with pytest.raises(DataError, match="the file is empty"):
        content(tmp_path / "a.csv.gz")


def test_a_file_that_is_not_near_is_not_proposed(tmp_path):
    (tmp_path / "o8.csv").touch()
    with pytest.raises(UsageError, match="there is no file") as caught:
        content(tmp_path / "nosuch.csv")
    assert caught.value.hint == ""


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "Reviews.csv").write_bytes(TEXT)
    with pytest.raises(UsageError, match=r"there is no file .*revews\.csv") as caught:
        content(tmp_path / "revews.csv")
    assert caught.value.hint == f"did you mean {tmp_path / 'Reviews.csv'}?"
    with pytest.raises(UsageError) as caught:
        content(tmp_path / "nowhere" / "a.csv")
    assert caught.value.hint == f"there is no folder {tmp_path / 'nowhere'}"
    with pytest.raises(UsageError) as caught:
        content(tmp_path / "quite-other.parquet")
    assert caught.value.hint == ""


def test_a_directory_is_no_input(tmp_path):
    with pytest.raises(UsageError, match="is a directory"):
        content(tmp_path)


@pytest.mark.parametrize(
    ("error", "says"), [(PermissionError, "permission denied"), (OSError, "cannot be read: Weird")]
)
def test_a_file_that_cannot_be_opened(tmp_path, monkeypatch, error, says):
    def fail(*args, **kwargs):
        raise error(errno.EACCES if error is PermissionError else 999, "Weird")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(UsageError, match=says):
        content(tmp_path / "a.csv")
