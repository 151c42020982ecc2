"""From bytes to lines of text."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import DataError, UsageError
from nlptasks.files.text_encoding import decode_lines, decode_text, encoding_note, nul_reason, split_lines


def lines(data: bytes, encoding: str = "") -> tuple[str, list[str]]:
    chosen, result = decode_lines(io.BytesIO(data), "f.csv", encoding)
    return chosen, list(result)


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


def test_the_encoding_is_told_where_it_is_another_one():
    assert encoding_note("utf-8") == ()
    assert encoding_note("cp1252") == ("encoding: cp1252 (if letters look wrong, name the right one with --encoding)",)
