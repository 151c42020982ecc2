"""The result of a metric, from its statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, open_metric
from nlptasks._scoring.results import base_signature, by_id, clusters_of, metrics_of, result
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.plugin import MetricSpec
from nlptasks.records.schema import Dataset, Model, Record, Result, Sample
from nlptasks.records.store import StoredRecord

HITS = np.array([[1.0, 1.0]] * 30 + [[0.0, 1.0]] * 10)


@pytest.fixture(scope="module")
def accuracy() -> OpenMetric:
    return open_metric(load_plugins(Config()).registry, "accuracy", labels=("a", "b"))


def test_a_proportion_has_wilsons_interval(accuracy):
    found = result(accuracy, HITS, 40, baseline=0.5)
    # The Wilson interval of 30 in 40, from R: binom::binom.wilson(30, 40).
    assert (found.value, found.low, found.high) == (
        0.75,
        pytest.approx(0.598, abs=5e-4),
        pytest.approx(0.858, abs=5e-4),
    )
    assert (found.n, found.baseline, found.scale) == (40, 0.5, (0.0, 1.0))
    assert found.signature == "metric:accuracy|ci:wilson"
    assert base_signature(found.signature) == "metric:accuracy"
    assert found.detectable > 0


def test_samples_that_are_tied_together_make_the_interval_wider(accuracy):
    clusters = [str(at // 10) for at in range(40)]
    found = result(accuracy, HITS, 40, clusters=clusters, cluster="article")
    alone = result(accuracy, HITS, 40)
    assert found.high - found.low > alone.high - alone.low
    assert "article" in found.signature


class Odd:
    """A metric that has any value."""

    binary, signature = False, "metric:odd"

    def __init__(self, value: float) -> None:
        self.value = value

    def score(self, sums: Any) -> Any:
        return np.full(np.shape(sums)[:-1], self.value)


def odd(value: float) -> OpenMetric:
    return OpenMetric(MetricSpec(name="odd", summary="s", object="a:b", range=(0.0, np.inf)), Odd(value))


def test_what_is_not_defined_has_neither_interval_nor_power():
    found = result(odd(np.nan), HITS, 40)
    assert (found.value, found.low, found.high, found.detectable, found.scale) == (None, None, None, None, (0.0, None))


def test_a_value_out_of_its_range_is_the_metrics_fault():
    assert result(odd(7.0), HITS, 40).value == 7.0
    with pytest.raises(PluginError, match="the metric 'odd' gave -1, and its range is 0 to inf"):
        result(odd(-1.0), HITS, 40)


def test_what_ties_samples_together():
    samples = [Sample(id="b", gold="", meta={"place": "x"}), Sample(id="a", gold=""), Sample(id="b", gold="")]
    assert clusters_of(samples, "place") == ["x", "\0a", "\0b"]
    assert clusters_of(samples, "") is None
    assert clusters_of(samples, "other") is None
    assert by_id(samples) == [1, 0, 2]


def test_a_metric_that_reads_statistics_otherwise_is_refused(accuracy):
    registry: Registry = load_plugins(Config()).registry

    def opened(value: float) -> StoredRecord:
        record = Record(
            task="sentiment", primary="accuracy", dataset=Dataset(name="d", sha256="", n=40), model=Model(name="m"),
            scores={"accuracy": Result(value=value, n=40, signature="metric:accuracy")}, labels=("a", "b"),
        )  # fmt: skip
        return StoredRecord(Path("mine"), record, (), {"accuracy": HITS})

    assert list(metrics_of(registry, opened(0.75), ["accuracy"])) == ["accuracy"]
    with pytest.raises(NlptasksError, match="mine: the metric 'accuracy' that is installed does not read") as caught:
        metrics_of(registry, opened(0.5), ["accuracy"])
    assert caught.value.hint == "score it anew: nlptasks rescore mine"
