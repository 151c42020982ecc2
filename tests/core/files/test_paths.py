import errno
import gzip
import io
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import (
    decode_lines,
    decode_text,
    default_output,
    nul_reason,
    open_input,
    same_file,
    split_lines,
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


def lines(data: bytes, encoding: str = "") -> tuple[str, list[str]]:
    chosen, result = decode_lines(io.BytesIO(data), "f.csv", encoding)
    return chosen, list(result)


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


# ---------------------------------------------------------------- decoding


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_unicode_encodings_are_detected(encoding, found):
    text = "id,review\n1,größer 🎉 good\n"
    assert lines(text.encode(encoding)) == (found, text.splitlines(keepends=True))


def test_utf_16_with_a_big_endian_mark():
    assert lines("\ufeffa,b\n".encode("utf-16-be")) == ("utf-16", ["a,b\n"])


def test_windows_1252_and_latin_1():
    assert lines("größer €\n".encode("cp1252")) == ("cp1252", ["größer €\n"])
    assert lines("gr\x81ßer é\n".encode("latin-1")) == ("latin-1", ["gr\x81ßer é\n"])


def test_another_script_is_found():
    text = "id,отзыв\n1,Очень хорошо\n"
    assert lines(text.encode("cp1251")) == ("cp1251", text.splitlines(keepends=True))
    assert lines("отзыв\n".encode("cp1251"), "cp1251") == ("cp1251", ["отзыв\n"])


def test_another_script_far_into_a_file_is_named():
    russian = "Отличный фильм, всем советую посмотреть\n" * 20
    with pytest.raises(DataError, match=r"f\.csv:60001: .* is not valid utf-8") as caught:
        lines(b"plain ascii\n" * 60_000 + b"x" * 400_000 + russian.encode("cp1251"))
    assert "--encoding cp1251" in caught.value.hint


def test_broken_utf_8_is_refused_with_its_place():
    with pytest.raises(DataError, match=r"f\.csv:3: column 5: 0xFC is not valid utf-8") as caught:
        lines("größe\r\nsüß\r\n".encode() + b"abcd\xfcber\n")
    assert "--encoding cp1252" in caught.value.hint


def test_broken_utf_8_far_into_a_file_is_found():
    good = "äöü\n" * 300_000
    with pytest.raises(DataError, match=r"f\.csv:300001: column 2: 0xFF"):
        lines(good.encode() + b"a\xff\n")
    with pytest.raises(DataError, match=r"f\.csv:300001: column 3: 0xC3"):
        lines(good.encode() + b"ab\xc3")


def test_a_nul_is_refused_with_its_place():
    with pytest.raises(DataError, match=r"f\.csv:2: column 2: a NUL byte"):
        lines(b"a long enough line\nb\0c\n")
    _, kept = decode_lines(io.BytesIO(b"a long enough line\nb\0c\n"), "f.csv", keep_nul=True)
    assert nul_reason("".join(kept))[:2] == (1, "column 2: a NUL byte, which no text holds")


@pytest.mark.parametrize(("magic", "kind"), [(b"PK\x03\x04", "zip"), (b"PAR1", "Parquet"), (b"%PDF-1.7", "PDF")])
def test_files_that_are_no_text_are_named(magic, kind):
    with pytest.raises(DataError, match=f"this is an? {kind}"):
        lines(magic + b"\0\xff\xfe")


def test_a_given_encoding_wins():
    assert lines("é\n".encode(), "latin-1") == ("iso8859-1", ["Ã©\n"])
    assert lines(b"\xef\xbb\xbfa\n", "utf8") == ("utf-8", ["a\n"])
    with pytest.raises(DataError, match=r"f\.csv:1: column 2: 0xE9 is not valid ascii"):
        lines("aé\n".encode("latin-1"), "ascii")
    with pytest.raises(DataError, match="this is not utf-16"):
        lines(b"abcd", "utf-16")


@pytest.mark.parametrize(("name", "nearest"), [("utf-9", "utf-8"), ("latin_one", "latin"), ("xyzzy", ""), ("a\0", "")])
def test_an_unknown_encoding_names_the_nearest(name, nearest):
    with pytest.raises(UsageError, match="there is no text encoding") as caught:
        lines(b"a\n", name)
    assert nearest in caught.value.hint


def test_line_ends_are_kept():
    assert lines(b"a\r\nb\rc\nd")[1] == ["a\r\n", "b\r", "c\n", "d"]
    assert lines("a\u2028b\x0bc\n".encode())[1] == ["a\u2028b\x0bc\n"]


@given(st.text(st.sampled_from("a\r\né"), max_size=30), st.integers(1, 5))
def test_pieces_do_not_change_lines(text, size):
    class Slow(io.BytesIO):
        def read(self, count=-1):
            return super().read(min(count, size))

    _, pieces = decode_text(Slow(text.encode()), "f", "utf-8")
    assert list(split_lines(pieces, "f")) == io.StringIO(text, newline="").readlines()


def test_a_long_line_takes_linear_time():
    pieces = ["x" * 1000] * 60_000  # a quadratic way would copy 1.8 TB
    assert [len(line) for line in split_lines(iter([*pieces, "\n", "y"]), "f")] == [60_000_001, 1]


def test_an_endless_line_is_refused_early():
    pieces = iter(["x" * 10] * 100)
    with pytest.raises(DataError, match="longer than 20 characters"):
        list(split_lines(pieces, "f", max_line=20))
    assert len(list(pieces)) == 97


def test_an_endless_line_is_refused():
    with pytest.raises(DataError, match=r"f:2: the line is longer than 10 characters"):
        list(split_lines(iter(["a\nbcdefgh", "ijklmnop"]), "f", max_line=10))
