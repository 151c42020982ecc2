"""Cells that stand for nothing."""

from __future__ import annotations

from nlptasks._tables.missing import NO_GOLD, NO_TEXT


def test_what_is_no_gold_answer_is_no_text_either():
    assert NO_GOLD < NO_TEXT


def test_what_may_be_a_label_or_an_answer_is_a_gold_answer():
    assert not NO_GOLD & {"None", "none", "NA", "-", "", "no", "0", "neutral"}


def test_words_of_a_text_are_text():
    assert not NO_TEXT & {"", "na", "none", "Nan", "minus", "0", "no", "NOTHING"}
    assert all(cell == cell.strip() for cell in NO_TEXT)
