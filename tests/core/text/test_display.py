"""Text from outside, made safe to show."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.text.display import (
    counted,
    encodable,
    foreign_texts,
    languages_named,
    left_out,
    not_read,
    one_line,
    rows_named,
)


def test_one_line():
    assert one_line("a\nb\t\x1b\x00 é 😀 \ud800") == r"a\nb\t\x1b\x00 é 😀 \ud800"
    assert one_line("x" * 20, limit=10) == "x" * 10 + "..."


@given(st.text(st.characters()), st.integers(0, 12))
def test_what_is_shown_is_printable_and_no_longer_than_asked(text, limit):
    shown = one_line(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit + len("...")


def test_a_tokenizer_takes_no_half_of_a_pair():
    assert encodable("a\ud800é") == "a?é"
    assert encodable("plain") == "plain"


@pytest.mark.parametrize(("number", "said"), [(0, "0 rows"), (1, "1 row"), (2_000, "2,000 rows")])
def test_counts(number, said):
    assert counted(number, "row") == said


def test_what_is_said_of_rows():
    found = left_out({"no text": 1, "no gold": 1_234})
    assert list(found) == ["1 row left out: no text", "1,234 rows left out: no gold"]
    assert rows_named("line", ["3"], 1) == "line 3"
    assert rows_named("line", ["3", "5"], 2) == "lines 3, 5"
    assert rows_named("id", ["a\n", "b" * 50], 9) == f"ids a\\n, {'b' * 40}..., ..."


def test_texts_that_a_head_cannot_read():
    assert not_read(1, 3) == "1 of 3 texts (33.3%) is not in a language that the head reads"
    assert languages_named(("en", "de")) == "en, de"
    assert languages_named(("en",) * 94) == "94 languages"
    assert not_read(2, 1_000) == "2 of 1,000 texts (0.2%) are not in a language that the head reads"
    assert foreign_texts(Counter({"de": 1, "und-Hani": 3, "unknown": 1})) == (
        "3 in Hani script, 1 de, 1 unknown to the tokenizer"
    )
