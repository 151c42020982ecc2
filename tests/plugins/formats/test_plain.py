import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import NlptasksError, UsageError

LINES = st.text(st.characters(blacklist_characters="\n\r\0", blacklist_categories=["Cs"]), max_size=12)


def test_a_text_a_line(formats):
    assert formats.rows("text", "one, two\r\n\n  three \rfour") == (
        ("text",),
        [(1, ["one, two"]), (2, [""]), (3, ["  three "]), (4, ["four"])],
    )


def test_the_encoding_is_noted(formats):
    assert formats.table("text", "größer\n".encode("cp1252")).notes[0].startswith("encoding: cp1252")


def test_long_lines_are_bad_rows(formats):
    rows = formats.rows("text", "a\n" + "x" * 11 + "\nb\n", max_cell=10)[1]
    assert rows[1] == (2, "the text is longer than 10 characters", "--max-cell raises the limit")
    assert rows[2] == (3, ["b"])


def test_more_than_one_column_cannot_be_written(formats):
    with pytest.raises(UsageError, match=r"one column, not 2 \(text, sentiment\)") as caught:
        formats.written("text", ["text", "sentiment"], [])
    assert ".jsonl" in caught.value.hint


def test_line_ends_cannot_be_written(formats):
    with pytest.raises(NlptasksError, match="row 2 holds a line end"):
        formats.written("text", ["text"], [("a",), ("b\nc",)])


def test_none_is_an_empty_line(formats):
    assert formats.written("text", ["text"], [(None,), (3,)]) == b"\n3\n"


@given(texts=st.lists(LINES, max_size=6))
def test_what_is_written_is_read(formats, texts):
    if texts:
        texts[0] = texts[0].removeprefix("\ufeff")
    assert formats.copied("text", ("text",), [(text,) for text in texts]) == (("text",), [[text] for text in texts])
