"""Where the marks of pictures stand."""

from __future__ import annotations

import pytest

from nlptasks._board.page.plots import Domain, bar, domain, plots
from nlptasks._board.panels import Panel
from nlptasks._board.rows import Placing, SystemRow
from nlptasks.records.schema import Dataset


def row(at, score, speed, machine="A", parameters=10):
    return SystemRow(
        system=f"s{at}",
        place=Placing(position=at, score=score),
        rows_per_second=speed,
        machine=machine,
        parameters=parameters,
    )


def test_only_systems_of_one_machine_are_plotted_against_time():
    rows = (row(1, 0.9, 10), row(2, 0.8, 100), row(3, 0.7, 50), row(4, 0.95, 1_000, "B"), row(5, 0.5, 0))
    panel = Panel(
        id="x", task="t", dataset=Dataset(name="d", sha256="", n=0), metric="accuracy", signature="s", rows=rows
    )
    (plot,) = plots(panel)  # all are of one size
    assert [point.front for point in plot.points] == [True, True, False]
    assert plot.best == "s2, s1"
    assert plot.note == "Measured on: A. Left out: 2 that ran elsewhere or without a time."
    assert [tick.label for tick in plot.ticks_x] == ["10", "20", "50", "100"]


@pytest.mark.parametrize("higher", [True, False])
def test_the_front_knows_which_end_is_better(higher):
    rows = (row(1, 0.9, 10, parameters=10), row(2, 0.8, 10, parameters=20))
    panel = Panel(
        id="x",
        task="t",
        dataset=Dataset(name="d", sha256="", n=0),
        metric="m",
        signature="s",
        rows=rows,
        higher_is_better=higher,
    )
    by_size = plots(panel)[-1]
    assert [point.front for point in by_size.points] == [True, not higher]


def test_a_bar_ends_at_the_end_of_its_cell():
    assert bar(Placing(score=0.5, low=0.4, high=1.2), Domain(0, 1), None).high == 100
    assert bar(Placing(), Domain(0, 1), None) is None


def test_a_scale_without_end_goes_as_far_as_was_seen():
    assert domain((0.0, 1.0), [7.0]) == Domain(0.0, 1.0)
    assert domain((0.0, None), [3.0, 7.0]) == Domain(0.0, 7.0)
    assert domain((None, None), [-2.0]) == Domain(-2.0, -1.0)
    assert domain((1.0, None), []) == Domain(1.0, 2.0)
