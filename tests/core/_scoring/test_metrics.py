"""Opening metrics, and what each reads of a sample."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._scoring.metrics import (
    OpenMetric,
    counting,
    matrices,
    open_metric,
    open_metrics,
    readable,
    refused,
    remarks,
)
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin import LIKELIHOOD, PROBABILITIES, STATE, MetricSpec
from nlptasks.records.schema import Sample

SAMPLES = [
    Sample(id="1", gold="a", prediction="a", nll=1.5, probabilities={"b": 0.25, "a": 0.75}, flags=("empty", "missing")),
    Sample(id="2", gold="b"),
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


class Counted:
    """A metric that counts some gold answers and refuses one."""

    binary, signature = False, "metric:counted"

    def stats(self, predictions: Any, targets: Any) -> Any:
        return np.ones((len(targets), 1))

    def score(self, sums: Any) -> Any:
        return sums[..., 0]

    def counts(self, target: str) -> bool:
        return target != "b"

    def refusal(self, target: str) -> str:
        return "it is a word" if target == "a" else ""

    def remark(self, targets: list[str]) -> str:
        return f"{len(targets)} golds"


def opened(reads: str = "prediction", metric: Any = None) -> OpenMetric:
    return OpenMetric(MetricSpec(name="m", summary="s", object="a:b", reads=reads), metric or object())


@pytest.mark.parametrize(
    ("reads", "first", "second"),
    [
        ("prediction", "a", ""),
        (LIKELIHOOD, "1.5", None),
        (PROBABILITIES, '{"a":0.75,"b":0.25}', None),
        (STATE, "empty missing", ""),
    ],
)
def test_what_is_read_of_a_sample(reads, first, second):
    assert [opened(reads).reading(sample) for sample in SAMPLES] == [first, second]


def test_examples_that_do_not_count_are_not_read():
    item = opened(metric=Counted())
    assert [item.reading(sample) for sample in SAMPLES] == ["a", None]
    assert readable(item, SAMPLES) == 1
    assert matrices({"m": item}, SAMPLES)["m"].tolist() == [[1.0], [0.0]]
    assert matrices({"m": item}, SAMPLES[1:]) == {}
    assert [counting([item])(gold) for gold in "ab"] == [True, False]
    assert counting([opened()])("a") is None


def test_a_gold_answer_in_which_nothing_is_found_is_told():
    assert refused([opened(metric=Counted()), opened()], ["c", "a", "a"]) == {"m": ("a", "it is a word")}
    assert refused([opened(metric=Counted())], ["c"]) == {}


def test_what_a_metric_says_of_all_gold_answers_names_it():
    assert remarks([opened(metric=Counted()), opened()], ["c", "a"]) == ("m: 2 golds",)
    assert remarks([opened("likelihood", Counted())], ["c"]) == ()


def test_golden_values_of_an_installed_metric(registry):
    item = open_metric(registry, "accuracy", labels=("a", "b"))
    assert matrices({"accuracy": item}, SAMPLES)["accuracy"].tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_one_that_is_missing_costs_scores_and_no_run(registry):
    assert list(open_metrics(registry, ("accuracy", "gone"), labels=())) == ["accuracy"]
    with pytest.raises(UsageError, match="did you mean 'accuracy'"):
        open_metric(registry, "acuracy", labels=())


@pytest.mark.parametrize(
    ("stats", "said"),
    [([[1.0]], "a list for 2 examples"), (np.ones(2), r"shape \(2,\)"), (np.ones((1, 2)), r"\(1, 2\)")],
)
def test_statistics_of_another_shape_are_the_metrics_fault(monkeypatch, stats, said):
    made = ModuleType("acme_metric")
    made.Odd = lambda labels: type("Odd", (), {"stats": lambda self, predictions, targets: stats})()
    monkeypatch.setitem(sys.modules, "acme_metric", made)
    spec = MetricSpec(name="odd", summary="s", object="acme_metric:Odd")
    item = open_metric(Registry((Owned(spec, "p", "acme"),)), "odd", labels=())
    with pytest.raises(PluginError, match=f"the metric 'odd' gave .*{said}"):
        matrices({"odd": item}, SAMPLES)
