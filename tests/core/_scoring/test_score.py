"""Samples with their scores."""

from __future__ import annotations

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.score import metric_names, score_samples
from nlptasks.errors import UsageError
from nlptasks.records.schema import Sample
from nlptasks_tasks.sentiment import SPEC as TASK

LABELS = ("negative", "positive")
SAMPLES = [Sample(id=str(at), inputs={"text": "x"}, gold=LABELS[at % 4 > 0], prediction="positive") for at in range(8)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def test_the_primary_metric_comes_first_and_each_once(registry):
    names = metric_names(registry, TASK, (), "", ())
    assert names[0] == TASK.primary
    assert set(names) == {*TASK.metrics, *TASK.recorded}
    assert metric_names(registry, TASK, ("kappa", "accuracy"), "", ("bleu", "kappa")) == ("accuracy", "kappa", "bleu")
    assert metric_names(registry, TASK, ("kappa",), "", ()) == ("kappa",)
    assert metric_names(registry, TASK, (), "kappa", ())[0] == "kappa"
    with pytest.raises(UsageError, match="did you mean 'kappa'"):
        metric_names(registry, TASK, (), "", ("kapa",))


def test_scores_stand_beside_the_trivial_baseline(registry):
    found = score_samples(registry, ("accuracy", "gone"), SAMPLES, labels=LABELS, task=TASK)
    assert list(found.scores) == list(found.stats) == list(found.metrics) == ["accuracy"]
    assert (found.scores["accuracy"].value, found.scores["accuracy"].baseline) == (0.75, 0.75)
    assert found.stats["accuracy"].sum(axis=0).tolist() == [6.0, 8.0]


def test_without_a_task_there_is_no_baseline(registry):
    found = score_samples(registry, ("accuracy",), SAMPLES, labels=LABELS, task_name="sentiment")
    assert found.scores["accuracy"].baseline is None


def test_what_no_sample_holds_is_no_score(registry):
    found = score_samples(registry, ("accuracy", "bits-per-byte"), SAMPLES, labels=LABELS)
    assert list(found.scores) == ["accuracy"]
    assert "bits-per-byte" in found.metrics
