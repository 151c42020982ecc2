from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.plugin.protocols import Window
from nlptasks_qa.spans import (
    CANDIDATES,
    CandidateSpan,
    candidates,
    distinct,
    probabilities,
    whole_characters,
    with_no_answer,
)


def window(size: int, start: int = 2) -> Window:
    """A window whose text tokens are single characters, between special tokens."""
    return Window(ids=tuple(range(size + start + 1)), start=start, offsets=tuple((at, at + 1) for at in range(size)))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31))
def test_equals_a_search_over_all_spans(size: int, longest: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(size + 3, 2)).astype(np.float32)
    inside = logits[2 : 2 + size]
    every = sorted(
        (-float(inside[first, 0] + inside[last, 1]), first, last + 1)
        for first in range(size)
        for last in range(first, min(first + longest, size))
    )
    found = candidates([window(size)], [logits], longest)
    assert [(c.start, c.end) for c in found] == [(first, end) for _, first, end in every[:CANDIDATES]]
    assert probabilities(found).sum() == pytest.approx(1)


def test_special_tokens_question_and_padding_are_never_answers() -> None:
    logits = np.full((9, 2), 50.0, np.float32)
    logits[2:5] = 0
    assert {(c.start, c.end) for c in candidates([window(3)], [logits], 3)} == {
        (first, end) for first in range(3) for end in range(first + 1, 4)
    }


def test_a_span_in_two_windows_counts_once_with_its_better_logit() -> None:
    low, high = (np.full((4, 2), value, np.float32) for value in (0.0, 2.0))
    found = candidates([window(1)] * 2, [low, high], 5)
    assert [(c.start, c.end, c.logit) for c in found] == [(0, 1, 4.0)]


def test_a_window_without_text_has_no_candidates() -> None:
    assert candidates([window(0)], [np.zeros((3, 2), np.float32)], 5) == []


def test_combining_marks_stay_with_their_letter() -> None:
    text = "cafe\u0301\u0308 x"
    assert text[: whole_characters(text, 4)] == "cafe\u0301\u0308"
    assert whole_characters("abc", 2) == 2


def test_of_equal_answers_the_best_one_stands() -> None:
    found = distinct("Paris or Paris", [CandidateSpan(9, 14, 2.0), CandidateSpan(0, 5, 1.0), CandidateSpan(6, 8, 0.0)])
    assert [(span.text, span.start, span.end) for span in found] == [("Paris", 9, 14), ("or", 6, 8)]
    weights = np.exp([2.0, 1.0, 0.0])
    assert [span.score for span in found] == pytest.approx([weights[0] / weights.sum(), weights[2] / weights.sum()])


def test_no_answer_has_the_logit_of_the_window_that_is_least_for_it() -> None:
    sure, unsure = np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32)
    sure[0], unsure[0] = (4.0, 3.0), (1.0, 0.5)
    found = with_no_answer([CandidateSpan(0, 5, 2.0), CandidateSpan(3, 5, 1.0)], [sure, unsure])
    assert [(c.start, c.end, c.logit) for c in found] == [(0, 5, 2.0), (0, 0, 1.5), (3, 5, 1.0)]
    assert with_no_answer([], [sure]) == [CandidateSpan(0, 0, 7.0)]
