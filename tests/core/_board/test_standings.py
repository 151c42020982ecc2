"""The data sets of a task together."""

from __future__ import annotations

import pytest

from nlptasks._board.board import build


def test_a_missing_data_set_gives_ranks_and_no_total(board):
    (task,) = board.tasks
    by_name = {row.system: row for row in task.standings}
    assert by_name["near"].place.score is None and by_name["near"].place.position is None
    assert by_name["near"].missing == ("films",)
    # With the ceiling on what is missing it could be the first, with the worst score there behind the others.
    assert by_name["near"].place.rank == (1, 3)
    assert [row.system for row in task.standings] == ["good", "poor", "near"]
    assert by_name["good"].place.score == pytest.approx(
        sum(
            (row.place.score - panel.dataset.floor) / (1 - panel.dataset.floor)
            for panel in task.panels
            for row in panel.rows
            if row.system == "good"
        )
        / 2,
        abs=1e-6,
    )


def test_one_data_set_needs_no_standing(registry, two):
    (task,) = build(registry, two).tasks
    assert (task.name, task.method, task.standings, task.ties) == ("sentiment", "", (), ())


def test_the_method_is_told_and_the_interval_holds_the_total(board):
    (task,) = board.tasks
    assert task.method == "mean of (score - trivial baseline) / (ceiling - trivial baseline)"
    first = task.standings[0]
    assert first.place.low < first.place.score < first.place.high
    assert set(first.scores) == {panel.id for panel in task.panels}


def test_without_baselines_wins_are_counted(registry, make, answers, tmp_path):
    for dataset, sha256 in (("reviews", "ab" * 32), ("films", "cd" * 32)):
        for system, right in (("a", 0.95), ("b", 0.5)):
            predictions, gold = answers(60, right)
            make(
                tmp_path / f"{dataset}-{system}", system, predictions=predictions, gold=gold, dataset=dataset,
                data={"sha256": sha256}, results={"accuracy": {"baseline": None}},
            )  # fmt: skip
    (task,) = build(registry, tmp_path).tasks
    assert task.method == "mean proportion of the other systems that it beats, over resamples"
    assert [(row.system, row.place.score, row.place.low) for row in task.standings] == [
        ("a", 1.0, None),
        ("b", 0.0, None),
    ]
