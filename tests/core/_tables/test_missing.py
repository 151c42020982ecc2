"""Cells that stand for nothing."""

from __future__ import annotations

from nlptasks._tables.missing import NO_GOLD, is_no_text


def test_what_is_no_gold_answer_is_no_text_either():
    assert all(map(is_no_text, NO_GOLD))


def test_what_may_be_a_label_or_an_answer_is_a_gold_answer():
    assert not NO_GOLD & {"None", "none", "NA", "-", "", "no", "0", "neutral"}


def test_words_of_a_text_are_text():
    assert not any(map(is_no_text, ("nothing", "minus", "0", "no", "NOTHING")))
