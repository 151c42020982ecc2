"""The records of one data set, lined up."""

from __future__ import annotations

import pytest

from nlptasks._board.board import build
from nlptasks._board.systems import ids_differ

from .conftest import panel


def test_a_record_in_another_order_is_lined_up(registry, make, answers, two):
    predictions, gold = answers(60, 0.8, seed=0)
    ids = [str(at + 1) for at in range(60)]
    make(two / "c", "c", predictions=predictions[::-1], gold=gold[::-1], ids=ids[::-1])
    found = panel(build(registry, two), "reviews")
    pairs = found.pairs
    a, c = pairs.systems.index("a"), pairs.systems.index("c")
    assert pairs.delta[a][c] == 0 and pairs.p[a][c] == 1
    assert all(
        {answer.system: answer.text for answer in sample.predictions}["a"]
        == {answer.system: answer.text for answer in sample.predictions}["c"]
        for sample in found.errors.samples
    )


def test_seeds_are_one_system(registry, make, answers, two):
    for seed in (1, 2, 3):
        predictions, gold = answers(60, 0.7, seed=20 + seed)
        make(two / f"s{seed}", "seeded", predictions=predictions, gold=gold, run={"seed": seed})
    row = next(row for row in panel(build(registry, two), "reviews").rows if row.system == "seeded")
    assert row.seeds == 3 and row.seed_sd > 0 and row.place.low < row.place.score < row.place.high
    assert row.records == ("s1", "s2", "s3")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("a", "b", "c", "d"), "4 ids are missing (1, 2, 3, ...); 4 ids are in no other record (a, b, c, ...)"),
        (("1", "2", "3", "4"), "the ids are in another order"),
        (("1", "1", "2", "3", "4"), "ids occur twice"),
        (("1", "2", "3"), "1 ids are missing (4)"),
    ],
)
def test_how_ids_differ(order, said):
    assert ids_differ(order, ("1", "2", "3", "4")) == said
