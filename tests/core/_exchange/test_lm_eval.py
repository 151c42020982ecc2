"""Files of lm-evaluation-harness. What others wrote: ``test_foreign.py``; there and back: ``test_round_trip.py``."""

from __future__ import annotations

import json

import pytest

from nlptasks._exchange.lm_eval import dump, load
from nlptasks.errors import DataError, UsageError


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
    with pytest.raises(UsageError, match="two of these records are of the data set 'x'"):
        dump([named("a", "x"), named("a", "x")], 0)


def test_what_is_shown_and_what_is_whole(record):
    found = load(dump([record], 0), "file", "")
    assert [shown.dataset.name for shown in found.shown] == ["films"]
    assert found.whole[0].scores == record.scores
    assert found.whole[0].digests == {}
    with pytest.raises(DataError, match="file:1: not valid JSON"):
        load("{", "file", "")
