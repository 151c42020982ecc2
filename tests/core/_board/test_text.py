"""Text that may hide something, and numbers."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nlptasks._board.text import number, one_visible_line, probability, rank, signed, size, slug, visible


@given(st.text())
def test_nothing_is_left_that_cannot_be_seen(text):
    shown = visible(text)
    left = {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert left <= set("\n\t\u200c\u200d")
    assert "\n" not in one_visible_line(text)


def test_long_text_is_cut_and_says_so():
    assert visible("x" * 1_234, 4) == "xxxx […1,230 characters more]"
    assert visible("xxxx", 4) == "xxxx"
    assert visible("\u202ea") == "⟨U+202E⟩a"


def test_numbers():
    assert [number(0.12345), number(None), number(-0.0001, 3), number(float("nan"))] == ["0.123", "–", "0.000", "–"]
    assert [signed(0.1), signed(-0.1), signed(None)] == ["+0.100", "-0.100", "–"]
    assert [size(0), size(950), size(22_700_000), size(7 * 10**9)] == ["–", "950", "22.7M", "7.0B"]
    assert [rank((2, 2)), rank((1, 3)), rank(None)] == ["2", "1–3", "–"]
    assert [probability(0.0001), probability(0.0123), probability(None)] == ["<0.001", "0.012", "–"]
    assert [slug("A b/c", ()), slug("A b/c", {"a-b-c"}), slug("ÄÖ", ())] == ["a-b-c", "a-b-c-2", "x"]
