"""The end of an evaluation, as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._cli.views.evaluated import evaluated, seeds_apart, shown
from nlptasks._running.eval import Evaluated
from nlptasks.records.schema import Cost, Dataset, Model, Record, Result, Run

ACCURACY = Result(value=0.75, low=0.6, high=0.85, n=40, signature="x", baseline=0.5, detectable=0.1)
RECORD = Record(
    task="sentiment",
    primary="accuracy",
    dataset=Dataset(name="re\nviews", sha256="", n=40),
    model=Model(name="mine"),
    scores={"macro-f1": Result(value=None, n=40, signature="y"), "accuracy": ACCURACY},
    cost=Cost(seconds=1.25),
)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (ACCURACY, "0.750  [95 % 0.600 to 0.850]  n=40; trivial baseline 0.500"),
        (
            Result(value=0.5, low=0.3, high=0.7, n=29, signature="x"),
            "0.500  [95 % 0.300 to 0.700]  n=29; few samples: the interval is wide",
        ),
        (Result(value=0.5, n=29, signature="x"), "0.500  n=29"),
        (
            Result(value=0.5, n=1, signature="x|ci:none|why:one-sample"),
            "0.500  [no interval: one sample tells nothing of others]  n=1",
        ),
        (Result(value=None, n=1_000, signature="x"), "not defined  n=1,000"),
    ],
)
def test_a_value_with_all_that_belongs_to_it(result, said):
    assert shown(result) == said


def test_the_primary_metric_comes_first():
    assert evaluated(Evaluated(record=RECORD, folder=Path("results"))).splitlines() == [
        "sentiment on re\\nviews: 40 samples, 1.2 s -> results",
        "  mine",
        "    accuracy  0.750  [95 % 0.600 to 0.850]  n=40; trivial baseline 0.500",
        "    macro-f1  not defined  n=40",
        "  a difference below 0.100 accuracy to one other system would hardly be found with these data ('nlptasks "
        "compare' tells it of two systems)",
    ]


def test_how_it_came_to_be_is_told():
    done = Evaluated(record=RECORD, folder=Path("r"), done_before=True, resumed=1_000)
    assert "the same evaluation was done before, 1,000 samples of them from the journal" in evaluated(done)
    anew = Evaluated(record=RECORD, folder=Path("r"), anew=("scores.bleu", "model.name"))
    assert "predicted before; done anew: scores.bleu, model.name" in evaluated(anew)


def test_a_limit_and_what_was_left_out_are_told():
    record = replace(RECORD, run=Run(limit=40), flags={"truncated_input": 2})
    told = evaluated(Evaluated(record=record, folder=Path("r"), skipped={"no gold": 1})).splitlines()
    assert "  2 truncated input" in told
    assert "  1 row left out: no gold" in told
    assert told[-1] == "  --limit 40: this record is on no leaderboard"


def test_several_seeds_have_a_mean_and_two_spreads():
    other = replace(RECORD, scores={"accuracy": replace(ACCURACY, value=0.85, low=0.75, high=0.9)})
    assert list(seeds_apart([("one", RECORD), ("both", RECORD), ("both", other)])) == [
        "both: accuracy 0.800 over 2 seeds; standard deviation between seeds 0.071; "
        "half a 95 % interval of the test set 0.100"
    ]
    undefined = replace(RECORD, scores={"accuracy": Result(value=None, n=1, signature="x")})
    assert list(seeds_apart([("g", RECORD), ("g", undefined)])) == ["g: accuracy is not defined for several seeds"]
