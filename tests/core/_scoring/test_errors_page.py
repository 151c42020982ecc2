"""A page of errors. Hostile text in it: ``test_errors_view.py``."""

from __future__ import annotations

import pytest

from nlptasks._scoring.errors_page import LONGEST, page, pieces
from nlptasks._scoring.errors_view import Error, ErrorList, Judged


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a\n\tb", [("a\n\tb", False)]),
        ("a\x00\u202eb", [("a", False), ("U+0000", True), ("U+202E", True), ("b", False)]),
        ("👩\u200d💻", [("👩\u200d💻", False)]),
        ("\ue000", [("U+E000", True)]),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text, found):
    assert list(pieces(text)) == found


def test_a_long_text_is_cut_and_says_so():
    (kept, hidden), (more, shown) = pieces("x" * (LONGEST + 1_234))
    assert (len(kept), hidden, more, shown) == (LONGEST, False, "... 1,234 characters more", True)
    assert list(pieces("x" * LONGEST)) == [("x" * LONGEST, False)]


def test_a_page_holds_all_that_was_found():
    judged = Judged(prediction="wrong", value=0.0, score=0.5, wrong=True)
    missing = Judged(prediction=None, value=None, score=None, wrong=True)
    view = ErrorList(
        task="sentiment", dataset="films & more", kind="wrong", metric="accuracy", rule="by accuracy",
        systems=("one", "<two>"),
        errors=(Error(id="s1", inputs={"text": "a"}, gold="b", predictions=(judged, missing)),),
        found=1, samples=9,
    )  # fmt: skip
    html = page(view)
    assert html.startswith("<!DOCTYPE html>\n")
    for part in ("films &amp; more", "&lt;two&gt;", "s1", "By accuracy"):
        assert part in html
    assert "<two>" not in html
    assert "<script" not in html
