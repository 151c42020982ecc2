"""Each type of prediction has as many cells as columns, and an answer that metrics compare."""

from __future__ import annotations

import pytest

from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Prediction

SPAN = Span("Paris", 0.123456789, 3, 8)


@pytest.mark.parametrize(
    ("made", "answer", "cells"),
    [
        (Label("positive", 0.1234567), "positive", ("positive", 0.123457)),
        (Label("3.5", None), "3.5", ("3.5", None)),
        (SPAN, "Paris", ("Paris", 0.123457, 3, 8)),
        (Text("a\nb"), "a\nb", ("a\nb",)),
    ],
)
def test_cells(made: Prediction, answer, cells):
    assert made.canonical == answer
    assert made.cells() == cells
    assert len(cells) == len(made.suffixes)
    assert made.suffixes[0] == ""


def test_what_was_asked_for_beside_has_columns_behind():
    assert Text("a", others=("b", "c")).cells() == ("a", "b", "c")
    more = Span("Paris", 0.5, 3, 8, alternatives=(SPAN,))
    assert more.cells() == ("Paris", 0.5, 3, 8, [{"answer": "Paris", "score": 0.123457, "start": 3, "end": 8}])
    assert Span("", 0.5, 0, 0, alternatives=()).cells()[-1] == []


def test_an_unfinished_text_is_the_same_text():
    assert Text("a", unfinished=True) == Text("a")
    assert Text("a") != Text("a", others=("b",))
