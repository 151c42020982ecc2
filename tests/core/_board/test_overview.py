"""All systems on all data sets in one table."""

from __future__ import annotations

from nlptasks._board.overview import overview
from nlptasks._board.panels import Panel
from nlptasks._board.rows import Placing, SystemRow
from nlptasks._board.standings import Task
from nlptasks.records.schema import Dataset


def panel(name: str, *rows: SystemRow) -> Panel:
    return Panel(
        id=name, task="t", dataset=Dataset(name=name, sha256="", n=0), metric="accuracy", signature="s", rows=rows
    )


def row(system: str, place: int | None, **more) -> SystemRow:
    return SystemRow(system=system, place=Placing(position=place, score=0.5), **more)


def test_who_is_ranked_on_more_data_sets_comes_first_and_then_who_beats_more():
    one = panel("one", row("best", 1), row("fair", 2), row("last", 3), row("told", None))
    two = panel("two", row("fair", 1), row("last", 2))
    panels, rows = overview([Task(id="t", name="t", panels=(one, two))])
    assert [item.id for item in panels] == ["one", "two"]
    assert [(item.system, item.beats) for item in rows] == [
        ("fair", 0.75),
        ("last", 0.0),
        ("best", 1.0),
        ("told", None),
    ]
    assert set(rows[2].cells) == {"one"}


def test_what_is_retired_is_not_in_it():
    gone = panel("gone", row("was", 1))
    assert overview([Task(id="t", name="t", retired=(gone,))]) == ((), ())


def test_a_system_is_trusted_as_its_least_trusted_row():
    one = panel("one", row("a", 1, trust="V2", licence="MIT", training="trained", parameters=5, head="h"))
    two = panel("two", row("a", 1, trust="V1", training="trained", parameters=7, head="h"))
    (found,) = overview([Task(id="t", name="t", panels=(one, two))])[1]
    assert (found.trust, found.licence, found.training, found.parameters) == ("V1", "MIT", "trained", 7)
    assert found.words == ("h", "")
    three = panel("three", row("a", 1, training="zero-shot"))
    (found,) = overview([Task(id="t", name="t", panels=(one, three))])[1]
    assert found.training == "unknown"
