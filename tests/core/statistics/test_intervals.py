from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._scoring.metrics import OpenMetric
from nlptasks._scoring.results import base_signature, result
from nlptasks.plugin import MetricSpec
from nlptasks.statistics import intervals, power
from nlptasks_metrics.labels import Accuracy, MacroF1

from .systems import LABELS, ROWS, Area, Mean, hits, two_systems, with_ones


def test_wilson_has_its_golden_numbers() -> None:
    low, high = intervals.wilson(413 + 381, 872)
    assert (round(low, 4), round(high, 4)) == (0.8898, 0.9277)
    assert all(math.isnan(end) for end in intervals.wilson(0, 0))


def test_drawing_kinds_is_drawing_samples() -> None:
    """Few kinds are drawn by their counts and many sample by sample; the intervals agree."""
    values = np.repeat([0.0, 0.5, 1.0], [100, 60, 240])
    few = intervals.interval(Mean(), with_ones(values))
    many = intervals.interval(Mean(), with_ones(values + np.linspace(0, 1e-9, 400)))
    assert (few.low, few.high) == pytest.approx((many.low, many.high), abs=0.006)


@settings(max_examples=25)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_changes_nothing(rows: list[tuple[str, str, str]], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    metric = MacroF1(LABELS)
    gold, first, _ = zip(*rows, strict=True)
    a = metric.stats(first, gold)
    assert intervals.interval(metric, a, resamples=50) == intervals.interval(metric, a[order], resamples=50)


def test_the_seed_decides_the_draws() -> None:
    a, _ = two_systems(80)
    assert intervals.interval(Mean(), a, seed=1) == intervals.interval(Mean(), a, seed=1)
    assert intervals.interval(Mean(), a, seed=1) != intervals.interval(Mean(), a, seed=2)


def test_samples_that_are_right_and_wrong_together_make_the_interval_wider() -> None:
    values = np.repeat(np.random.default_rng(0).random(30), 20)
    owner = np.repeat(np.arange(30), 20).tolist()
    plain, drawn = (intervals.interval(Mean(), with_ones(values), clusters=of) for of in (None, owner))
    assert drawn.high - drawn.low > 3 * (plain.high - plain.low)
    assert drawn.method == "ci:bootstrap|bs:2000|seed:12345|cluster:yes"
    named = intervals.interval(Mean(), with_ones(values), clusters=owner, cluster="article")
    assert named.method.endswith("|cluster:article")


def test_a_share_of_clustered_samples_has_no_wilson_interval() -> None:
    a, _ = hits(5, 5)
    assert intervals.interval(Accuracy(()), a).method == "ci:wilson"
    assert intervals.interval(Accuracy(()), a, clusters=list("ab" * 15)).method.startswith("ci:bootstrap")


def test_rows_that_a_metric_cannot_read_are_not_drawn() -> None:
    a, _ = two_systems(40)
    padded = np.vstack([a, np.zeros((40, 2))])
    assert intervals.interval(Mean(), padded, n=40) == intervals.interval(Mean(), a)


def test_seeds_and_samples_spread_apart() -> None:
    found = intervals.spread([0.80, 0.82, 0.84], [0.01, 0.01, 0.02])
    assert (found.runs, found.mean, found.between) == (3, pytest.approx(0.82), pytest.approx(0.02))
    assert found.within == pytest.approx(math.sqrt(0.0002))
    alone = intervals.spread([0.8])
    assert math.isnan(alone.between) and math.isnan(alone.within)
    with pytest.raises(ValueError, match="one run or more"):
        intervals.spread([])


def opened(metric: object, **more: object) -> OpenMetric:
    return OpenMetric(MetricSpec(name="m", summary="a metric", object="x:y", **more), metric)


def test_a_result_says_how_it_was_made() -> None:
    a, _ = hits(3, 2)
    found = result(opened(Accuracy(())), a, 25, baseline=0.5)
    assert (found.value, found.n, found.baseline) == (pytest.approx(23 / 25), 25, 0.5)
    assert found.signature == "metric:accuracy|ci:wilson"
    assert found.low < found.value < found.high
    assert found.detectable > 0
    assert base_signature(found.signature) == "metric:accuracy"


def test_a_result_of_no_value_holds_none() -> None:
    found = result(opened(Area(), range=(0.0, math.inf), higher_is_better=False), np.array([[0.0, 0.5]]), 1)
    assert (found.value, found.low, found.high, found.detectable) == (None, None, None, None)
    assert (found.scale, found.higher_is_better) == ((0.0, None), False)


@pytest.mark.parametrize(("metric", "clustered"), list(product([Accuracy(()), Mean()], [False, True])))
def test_a_result_is_what_the_statistics_say(metric: object, clustered: bool) -> None:
    a = with_ones((np.arange(60) % 3 > 0).astype(float))
    clusters = np.repeat(np.arange(12), 5).tolist() if clustered else None
    found = result(opened(metric), a, 60, clusters=clusters, cluster="article")
    expected = intervals.interval(metric, a, clusters=clusters, cluster="article")
    assert (found.low, found.high) == (expected.low, expected.high)
    assert found.signature == f"{metric.signature}|{expected.method}"
    assert found.detectable == pytest.approx(power.detectable_difference(metric, a, clusters=clusters))
