"""Counts of parts of a table make those of the whole, in any order and by way of JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._running.tally import OTHER, Tally
from nlptasks.plugin.predictions import Label, Text

#: Few different values, so that pairs and cells come again.
LABELS = st.sampled_from("abc")
CELLS = st.sampled_from(["", *(f"cell {number}" for number in range(12))])
ROWS = st.lists(st.tuples(st.none() | st.tuples(LABELS, st.floats(0, 1)), CELLS, st.none() | st.floats(0, 9)))


def counted(rows: list, *, closed: bool, graded: bool) -> Tally:
    """The tally of some rows, which remembers five cells."""
    tally = Tally(closed=closed, remembered=5)
    tally.add(
        [None if found is None else Label(*found) for found, _, _ in rows],
        cells=[cell for _, cell, _ in rows] if graded else None,
    )
    for _, cell, nll in rows:
        if nll is not None:
            tally.add_likelihood(nll, cell)
    return tally


@given(rows=ROWS, at=st.integers(0, 30), closed=st.booleans(), graded=st.booleans(), turned=st.booleans())
def test_merging_any_split_equals_the_whole(rows: list, at: int, closed: bool, graded: bool, turned: bool) -> None:
    whole = counted(rows, closed=closed, graded=graded)
    one, other = (counted(part, closed=closed, graded=graded) for part in (rows[:at], rows[at:]))
    if turned:
        one, other = other, one
    one.merge(other)
    assert one.to_json() == whole.to_json()
    assert one.confidence == whole.confidence


@given(rows=ROWS, at=st.integers(0, 30), closed=st.booleans())
def test_a_tally_goes_on_after_json(rows: list, at: int, closed: bool) -> None:
    tally = Tally.from_json(json.loads(json.dumps(counted(rows[:at], closed=closed, graded=True).to_json())))
    tally.merge(counted(rows[at:], closed=closed, graded=True))
    assert tally.to_json() == counted(rows, closed=closed, graded=True).to_json()


def test_a_column_of_too_many_cells_stays_small() -> None:
    tally = Tally(closed=True, remembered=3)
    tally.add([Label("a", 0.5)] * 1_000, cells=[f"text {number}" for number in range(1_000)])
    assert len(tally.pairs) == 4
    assert tally.pairs["a", OTHER] == 997
    assert tally.pairs.total() == 1_000


def test_rows_without_a_prediction_count_nowhere() -> None:
    tally = Tally(closed=False)
    tally.add([None, Text("x")], cells=["gold", ""])
    assert (tally.predicted, tally.without_gold, tally.pairs.total()) == (1, 1, 0)
    assert Tally(closed=False).confidence is None


def test_the_mean_probability_is_that_of_the_rows() -> None:
    tally = Tally(closed=True)
    tally.add([Label("a", 0.25), Label("a", 0.75), None])
    assert tally.confidence == pytest.approx(0.5)
