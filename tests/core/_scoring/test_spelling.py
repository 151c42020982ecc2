"""Labels as the data spell them."""

from __future__ import annotations

from nlptasks._scoring.spelling import Spelling


def test_a_label_is_spelt_as_the_closed_set_spells_it():
    spelling = Spelling(("Sports", "US", "us"))
    assert [spelling.of(text) for text in ("sports", " SPORTS ", "US", "us")] == ["Sports", "Sports", "US", "us"]


def test_what_is_no_label_and_what_could_be_several_stays():
    spelling = Spelling(("US", "us"))
    assert [spelling.of(text) for text in ("Us", "other", "")] == ["Us", "other", ""]
    assert Spelling(()).of("free text ") == "free text "
