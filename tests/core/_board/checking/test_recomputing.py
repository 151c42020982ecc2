"""Whether the numbers of a record follow from its predictions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlptasks._board.checking.recomputing import recomputed
from nlptasks._board.loading import Header
from nlptasks._board.systems import LoadedRecord
from nlptasks.records.store import read_record


@pytest.fixture
def run(registry, make, answers, tmp_path):
    """A record as it was read."""
    predictions, gold = answers(60, 0.8)
    folder = make(tmp_path / "a", "a", predictions=predictions, gold=gold)
    opened = read_record(folder)
    return LoadedRecord(
        header=Header(path="a", folder=folder, record=opened.record), samples=opened.samples, stats=opened.stats
    )


def test_an_honest_record(registry, run):
    assert list(recomputed(registry, run)) == []


def test_a_value_that_is_not_that_of_its_statistics(registry, run):
    scores = {**run.header.record.scores, "accuracy": replace(run.header.record.scores["accuracy"], value=0.99)}
    changed = replace(run, header=replace(run.header, record=replace(run.header.record, scores=scores)))
    ((reason, check),) = recomputed(registry, changed)
    assert check == "altered-value"
    assert reason.startswith("its accuracy is 0.99, but its statistics give ")


def test_statistics_that_are_not_those_of_its_predictions(registry, run):
    stats = dict(run.stats)
    stats["accuracy"] = stats["accuracy"].copy()
    wrong = stats["accuracy"][:, 0] == 0
    stats["accuracy"][wrong, 0] = 1
    found = {check: reason for reason, check in recomputed(registry, replace(run, stats=stats))}
    assert f"its statistics of accuracy do not follow from its predictions in {wrong.sum()} samples" in found.values()
    assert set(found) == {"altered-value", "altered-statistics"}


def test_statistics_of_another_shape(registry, run):
    stats = {**run.stats, "accuracy": run.stats["accuracy"][:30]}
    reasons = [
        reason for reason, check in recomputed(registry, replace(run, stats=stats)) if check == "altered-statistics"
    ]
    assert reasons == ["its statistics of accuracy have another shape than its predictions give"]
