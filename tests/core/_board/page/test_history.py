"""The best score over time."""

from __future__ import annotations

import pytest

from nlptasks._board.page.history import history
from nlptasks._board.panels import Panel
from nlptasks._board.rows import Placing, SystemRow
from nlptasks.records.schema import Dataset


def panel(*found: tuple[str, float | None, str], higher: bool = True) -> Panel:
    rows = tuple(
        SystemRow(system=system, place=Placing(position=at, score=score), date=day)
        for at, (system, score, day) in enumerate(found, start=1)
    )
    return Panel(
        id="x",
        task="t",
        dataset=Dataset(name="d", sha256="", n=0),
        metric="m",
        signature="s",
        rows=rows,
        higher_is_better=higher,
    )


def test_only_what_was_better_than_all_before_is_a_point():
    found = history(
        panel(("c", 0.9, "2026-03-01"), ("a", 0.7, "2026-01-01"), ("b", 0.6, "2026-02-01"), ("d", 0.9, "2026-04-11"))
    )
    assert found.said == ("2026-01-01: a, 0.700", "2026-03-01: c, 0.900")
    first, last = found.points
    assert first.x < last.x and first.y > last.y  # upwards is less in a picture
    # the line goes on to the last day, and rises at once
    corners = [tuple(map(float, corner.split(","))) for corner in found.line.split()]
    assert corners[0] == (first.x, first.y) and corners[-1][1] == last.y and corners[-1][0] > last.x
    assert [tick.label for tick in found.ticks_x] == ["2026-01-01", "2026-02-03", "2026-03-09", "2026-04-11"]


def test_a_score_of_which_less_is_better_falls():
    found = history(panel(("a", 2.0, "2026-01-01"), ("b", 3.0, "2026-01-02"), ("c", 1.0, "2026-01-03"), higher=False))
    assert [line.split(": ")[1] for line in found.said] == ["a, 2.000", "c, 1.000"]


def test_the_better_one_of_a_day_is_its_best():
    found = history(panel(("a", 0.5, "2026-01-01"), ("b", 0.6, "2026-01-01"), ("c", 0.7, "2026-01-02")))
    assert found.said[0] == "2026-01-01: b, 0.600"


@pytest.mark.parametrize(
    "found",
    [
        (),
        (("a", 0.5, "2026-01-01"),),
        (("a", 0.5, "2026-01-01"), ("b", 0.6, "2026-01-01")),
        (("a", 0.5, "2026-01-01"), ("b", 0.6, "")),
        (("a", 0.5, "2026-01-01"), ("b", 0.6, "2026-02-31")),
        (("a", 0.5, "2026-01-01"), ("b", None, "2026-02-01")),
    ],
)
def test_one_day_has_no_history(found):
    assert history(panel(*found)) is None
