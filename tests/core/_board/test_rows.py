"""The rows and small tables of a panel."""

from __future__ import annotations

import pytest

from nlptasks._board.board import build
from nlptasks._board.rows import machine
from nlptasks.records.schema import Machine

from .conftest import panel


def test_slices_that_the_records_hold(board):
    (by_length,) = panel(board, "reviews").slices
    assert (by_length.name, by_length.values, by_length.others) == ("length", ("0-15",), 0)
    assert by_length.rows["good"][0].value == panel(board, "reviews").rows[0].place.score


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Machine(), ""),
        (
            Machine(python="3.11.9", platform="Linux", cpu="A CPU", cores=2, ram_gib=7.6),
            "A CPU, 2 cores, 8 GiB, Linux, Python 3.11.9",
        ),
        (Machine(gpu="A\nGPU", cpu="A CPU"), "A GPU, A CPU"),
    ],
)
def test_a_machine_is_a_line_of_what_is_known(where, said):
    assert machine(where) == said


def test_a_metric_that_a_seed_lacks_has_no_mean(registry, make, answers, tmp_path):
    for seed, metrics in ((1, ("accuracy", "macro-f1")), (2, ("accuracy",))):
        predictions, gold = answers(40, 0.8, seed=seed)
        make(tmp_path / str(seed), "mine", predictions=predictions, gold=gold, metrics=metrics, run={"seed": seed})
    (row,) = panel(build(registry, tmp_path), "reviews").rows
    assert row.metrics["macro-f1"] is None
    assert row.metrics["accuracy"] == row.place.score
    assert (row.seeds, row.records) == (2, ("1", "2"))
