"""Files of the Every Eval Ever schema. Files of others: ``test_foreign.py``."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nlptasks._exchange.every_eval_ever import dump, load
from nlptasks.errors import DataError, UsageError


def test_scores_with_their_intervals(record):
    found = json.loads(dump([record], 1_700_000_000))
    assert found["schema_version"] == "0.3.0"
    assert found["retrieved_timestamp"] == "1700000000"
    by_metric = {item["metric_config"]["metric_name"]: item for item in found["evaluation_results"]}
    assert list(by_metric) == ["accuracy", "macro-f1"]
    details = by_metric["accuracy"]["score_details"]
    assert details["score"] == 0.75
    interval = details["uncertainty"]["confidence_interval"]
    assert (interval["lower"], interval["upper"]) == (0.6, 0.85)
    assert by_metric["accuracy"]["metric_config"]["lower_is_better"] is False


def test_the_time_decides_nothing_but_the_time(record):
    one, other = (load(dump([record], now), "file", "") for now in (0, 1_700_000_000))
    assert one.shown == other.shown
    assert one.whole == other.whole


def test_systems_and_versions_that_do_not_go_together(record, named):
    with pytest.raises(UsageError):
        dump([named("a", "x"), named("b", "x")], 0)
    changed = json.loads(dump([record], 0)) | {"schema_version": "9.0"}
    with pytest.raises(DataError, match=r"the schema '9\.0' is not known here"):
        load(json.dumps(changed), "file", "")


def test_a_lower_value_may_be_better(record):
    better = replace(record.scores["ter"], value=0.3)
    found = load(dump([replace(record, scores={"ter": better}, primary="ter")], 0), "file", "")
    assert not found.shown[0].scores["ter"].higher_is_better
