"""Files of lm-evaluation-harness. What others wrote: ``test_foreign.py``; there and back: ``test_round_trip.py``."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nlptasks._exchange.lm_eval import dump, load
from nlptasks.errors import DataError, UsageError
from nlptasks.records.schema import Result, Run


def test_scores_stand_where_the_harness_has_them(record):
    found = json.loads(dump([record], 0))
    assert list(found["results"]["films"]) == [
        "alias", "sample_len", "accuracy,none", "accuracy_stderr,none", "macro-f1,none", "macro-f1_stderr,none"
    ]  # fmt: skip
    assert found["results"]["films"]["accuracy,none"] == 0.75
    assert found["higher_is_better"]["films"] == {"accuracy": True, "macro-f1": True, "ter": False}
    assert found["configs"]["films"]["dataset_path"] == "org/films"
    assert (found["n-samples"]["films"]["effective"], found["versions"]["films"]) == (40, "2")
    assert (found["model_name"], found["model_name_sanitized"]) == ("org/mine", "org__mine")


def test_one_file_is_of_one_system_and_has_a_data_set_once(named):
    with pytest.raises(UsageError, match="a file of lm-eval is of one model, and these records are of 2"):
        dump([named("a", "x"), named("b", "y")], 0)
    with pytest.raises(UsageError, match="two of these records are of the task 'sentiment' on the data set 'x'"):
        dump([named("a", "x"), named("a", "x")], 0)


def test_what_is_shown_and_what_is_whole(record):
    found = load(dump([record], 0), "file", "")
    assert [shown.dataset.name for shown in found.shown] == ["films"]
    assert found.whole[0].scores == record.scores
    assert found.whole[0].digests == {}
    with pytest.raises(DataError, match="file:1: not valid JSON"):
        load("{", "file", "")


def results(**more):
    task = {"alias": "t", "sample_len": 2, "acc,none": 0.5, "acc_stderr,none": 0.1}
    return json.dumps({"results": {"t": task}, "model_name": "m", **more})


@pytest.mark.parametrize(
    ("more", "limit"),
    [
        ({"config": {"limit": None}}, 0),
        ({"config": {"limit": 2.0}, "n-samples": {"t": {"original": 4, "effective": 2}}}, 2),
        ({"config": {"limit": 100.0}, "n-samples": {"t": {"original": 4, "effective": 4}}}, 0),
        ({"n-samples": {"t": {"original": 4, "effective": 1}}}, 1),  # by --samples
        ({"n-samples": {"t": {"original": 4, "effective": 0}}}, 1),
        ({"config": {"limit": 0.5}}, 2),
        ({"config": {"limit": 5}}, 5),
        ({"config": {"limit": float("inf")}}, 2),
        ({"config": {"limit": float("nan")}}, 0),
        ({"config": {"limit": "many"}}, 0),
    ],
)
def test_a_part_of_the_data_is_told(more, limit):
    (found,) = load(results(**more), "file", "").shown
    assert found.run.limit == limit


def test_a_record_of_a_part_of_the_data_shows_one(record):
    found = load(dump([replace(record, run=Run(limit=40))], 0), "file", "")
    assert (found.shown[0].run.limit, found.whole[0].run.limit) == (40, 40)


def test_its_perplexity_is_not_ours(record):
    task = {"perplexity,none": 1.4, "word_perplexity,none": 20.0}
    (found,) = load(json.dumps({"results": {"t": task}, "model_name": "m"}), "file", "").shown
    assert list(found.scores) == ["token-perplexity", "word_perplexity"]
    ours = replace(record, scores={"perplexity": Result(value=20.0, n=40, signature="unit:word")})
    assert json.loads(dump([ours], 0))["results"]["films"]["word_perplexity,none"] == 20.0
    assert json.loads(dump([found], 0))["results"]["t"]["perplexity,none"] == 1.4
