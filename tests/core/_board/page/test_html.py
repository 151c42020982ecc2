"""What the page of a board is made of."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._board.page.html import as_html, embedded, lanes, percent, total_bar, verdict
from nlptasks._board.rows import Placing


@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_embedded_json_cannot_end_its_element(data):
    text = str(embedded(data))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == data


def test_tie_lines_stand_beside_each_other():
    assert [[(lane.number, lane.part) for lane in lanes(((1, 3), (2, 4)), at)] for at in (1, 2, 4, 5, None)] == [
        [(0, "start")],
        [(0, "middle"), (1, "start")],
        [(1, "end")],
        [],
        [],
    ]


def test_small_proportions_are_not_rounded_to_nothing():
    assert [percent(value) for value in (None, 0.0, 0.004, 0.126, 1.0)] == ["–", "0 %", "<1 %", "13 %", "100 %"]


@pytest.mark.parametrize(
    ("delta", "p", "said"),
    [(0.1, 0.01, "better"), (-0.1, 0.01, "worse"), (0.1, 0.05, "level"), (None, 0.01, "level"), (0.1, None, "level")],
)
def test_the_verdict_of_a_pair(delta, p, said):
    assert verdict(delta, p) == said


def test_a_total_has_a_bar_from_baseline_to_ceiling():
    assert total_bar(Placing()) is None
    found = total_bar(Placing(score=0.25, low=-0.5, high=0.5))
    assert (found.value, found.low, found.high, found.floor) == (25.0, 0.0, 50.0, None)


def test_the_tables_of_several_tasks_have_names_of_their_own(board):
    assert 'role="region" tabindex="0" aria-label="All data sets of sentiment"' in as_html(board)
