"""Text that may hide something, numbers, and where marks stand in a picture."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._board.html import embedded, lanes
from nlptasks._board.panels import Panel
from nlptasks._board.plots import Domain, bar, plots
from nlptasks._board.rows import SystemRow
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


@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_embedded_json_cannot_end_its_element(data):
    text = str(embedded(data))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == data


def test_numbers():
    assert [number(0.12345), number(None), number(-0.0001, 3), number(float("nan"))] == ["0.123", "–", "0.000", "–"]
    assert [signed(0.1), signed(-0.1), signed(None)] == ["+0.100", "-0.100", "–"]
    assert [size(0), size(950), size(22_700_000), size(7 * 10**9)] == ["–", "950", "22.7M", "7.0B"]
    assert [rank((2, 2)), rank((1, 3)), rank(None)] == ["2", "1–3", "–"]
    assert [probability(0.0001), probability(0.0123), probability(None)] == ["<0.001", "0.012", "–"]
    assert [slug("A b/c", ()), slug("A b/c", {"a-b-c"}), slug("ÄÖ", ())] == ["a-b-c", "a-b-c-2", "x"]


def test_bars_and_tie_lines():
    assert bar(0.5, 0.4, 1.2, Domain(0, 1), None).high == 100
    assert bar(None, None, None, Domain(0, 1), None) is None
    assert [[(lane.number, lane.part) for lane in lanes(((1, 3), (2, 4)), at)] for at in (1, 2, 4, 5, None)] == [
        [(0, "start")],
        [(0, "middle"), (1, "start")],
        [(1, "end")],
        [],
        [],
    ]


def row(at, score, speed, machine="A", parameters=10):
    return SystemRow(
        system=f"s{at}", position=at, score=score, rows_per_second=speed, machine=machine, parameters=parameters
    )


def test_only_systems_of_one_machine_are_plotted_against_time():
    rows = (row(1, 0.9, 10), row(2, 0.8, 100), row(3, 0.7, 50), row(4, 0.95, 1_000, "B"), row(5, 0.5, 0))
    panel = Panel(id="x", task="t", dataset="d", metric="accuracy", signature="s", rows=rows)
    (plot,) = plots(panel)  # all are of one size
    assert [point.front for point in plot.points] == [True, True, False]
    assert plot.best == "s2, s1"
    assert plot.note == "Measured on: A. Left out: 2 that ran elsewhere or without a time."
    assert [tick.label for tick in plot.ticks_x] == ["10", "20", "50", "100"]


@pytest.mark.parametrize("higher", [True, False])
def test_the_front_knows_which_end_is_better(higher):
    rows = (row(1, 0.9, 10, parameters=10), row(2, 0.8, 10, parameters=20))
    panel = Panel(id="x", task="t", dataset="d", metric="m", signature="s", rows=rows, higher_is_better=higher)
    by_size = plots(panel)[-1]
    assert [point.front for point in by_size.points] == [True, not higher]
