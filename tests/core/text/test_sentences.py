from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.text.sentences import split

#: What the splitter looks at: words and letters, marks, and what divides them.
PIECES = (
    *("Mr", "U.S", "3.5", "No", "cat", "Cat", "É", "e\u0301", "👨\u200d👩\u200d👧", "好", "\ud800"),
    *(".", "...", "!", "?", "؟", "।", "。", "！？", "」", '"', "”", ")", "(", "،"),
    *(" ", "\u00a0", "\u3000", "\n", "\r\n", "\u2028", "\x1c", "\u200d"),
)
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES)).map("".join), st.text())


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@given(TEXTS)
def test_the_spans_cover_all_that_is_not_blank_in_order_and_without_overlap(text: str) -> None:
    behind = 0
    for start, end in split(text):
        assert behind <= start < end
        assert not text[behind:start].strip()
        behind = end
    assert not text[behind:].strip()


@given(TEXTS)
def test_a_sentence_is_one_line_without_white_space_at_its_ends(text: str) -> None:
    for sentence in sentences(text):
        assert sentence.splitlines() == [sentence] == [sentence.strip()]


@given(TEXTS)
def test_a_sentence_without_a_letter_or_digit_stands_alone_on_its_line(text: str) -> None:
    for line in text.splitlines():
        found = sentences(line)
        assert len(found) < 2 or all(any(map(str.isalnum, sentence)) for sentence in found)


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Smith met Dr. J. R. Jones.", "They talked."],
        ["He lives in the U.S.", "The rent is high."],
        ["The U.S. dollar rose by 3.5% to $1.20 on Jan. 5.", "No. 7 was next."],
        ["She said no.", "He said yes."],
        ['"Is it over?" she asked.', '"No."', "They waited (it rained.)", "Then it was."],
        ["He said: “Go home.”", "Nobody went."],
        ["Wait... what?", "Yes!", "Well ..."],
        ["Visit example.com or write to a.b@c.org.", "Version 2.0.1 is out."],
        ["no capitals here.", "at all"],
        ["Der Vertrag gilt z.B. in Köln.", "Österreich folgt."],
        ["यह अच्छा है।", "वह नहीं।"],
        ["هل هذا صحيح؟", "نعم."],
        ["Great!", "👍 Then home."],
        ["one sentence without marks"],
    ],
    ids=" | ".join,
)
def test_sentences_divided_by_a_space(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["今天下雨。", "他问：“为什么？”", "没有人知道！", "（完。）"],
        ["「行く。」", "彼は言った。"],
        ["価格は3.5％上昇した｡", "終わり"],
    ],
    ids=" | ".join,
)
def test_sentences_that_no_space_divides(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("A heading\n\nAnd Mr.\r\nSmith came\x85* * *\n") == ["A heading", "And Mr.", "Smith came", "* * *"]


def test_marks_before_any_word_open_the_sentence() -> None:
    assert sentences("... And then it rained. Hard.") == ["... And then it rained.", "Hard."]


@pytest.mark.parametrize("text", ["", " ", "\n\u3000\t"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert split(text) == []


@pytest.mark.parametrize("piece", [".", ". ", "。", '."', "a. ", "A. ", "! a", "\n", "a", " ", "A.B", '"', "1."])
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 5
