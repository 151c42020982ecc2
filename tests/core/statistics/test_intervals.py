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
    assert str(intervals.interval(metric, a)) == str(intervals.interval(metric, a[order]))


def test_samples_that_are_right_and_wrong_together_make_the_interval_wider() -> None:
    values = np.repeat(np.random.default_rng(0).random(30), 20)
    owner = np.repeat(np.arange(30), 20).tolist()
    plain, drawn = (intervals.interval(Mean(), with_ones(values), clusters=of) for of in (None, owner))
    assert drawn.high - drawn.low > 3 * (plain.high - plain.low)
    assert drawn.method == "ci:hall-t|se:jackknife|cluster:yes"
    named = intervals.interval(Mean(), with_ones(values), clusters=owner, cluster="article")
    assert named.method.endswith("|cluster:article")


def test_a_share_of_clustered_samples_has_no_wilson_interval() -> None:
    a, _ = hits(5, 5)
    assert intervals.interval(Accuracy(()), a).method == "ci:wilson"
    drawn = intervals.interval(Accuracy(()), a, clusters=list("abc" * 10), scale=(0, 1))
    assert drawn.method == "ci:wilson-t|se:jackknife|cluster:yes"


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
    expected = intervals.interval(metric, a, clusters=clusters, scale=(0, 1), cluster="article")
    assert (found.low, found.high) == (expected.low, expected.high)
    assert found.signature == f"{metric.signature}|{expected.method}"
    assert found.detectable == pytest.approx(power.detectable_difference(metric, a, clusters=clusters, scale=(0, 1)))


class Groups(Mean):
    """A mean over groups that weigh the same: large values, and small ones."""

    smooth = True

    def groups(self, matrix: np.ndarray) -> np.ndarray:
        return np.stack([matrix[:, 0] > 0.5, matrix[:, 0] <= 0.5], axis=1).astype(float)


class Largest(Mean):
    """The largest of the means of five columns: too large, the more so the fewer samples there are."""

    def score(self, sums: np.ndarray) -> np.ndarray:
        return (sums[..., :-1] / np.maximum(sums[..., -1:], 1)).max(axis=-1)


class Distances(Mean):
    """A metric that says of itself that it is biased."""

    smooth = False


@pytest.mark.parametrize(
    ("metric", "values", "clusters", "why"),
    [
        (Mean(), [0.5], None, "one-sample"),
        (Mean(), [0.1, 0.9] * 20, list("ab" * 20), "few-clusters"),
        (Mean(), [0.5] * 30, None, "no-spread"),
        (Groups(), [0.9] * 30 + [0.1, 0.2], None, "few-of-a-label"),
        (Distances(), [0.1, 0.9] * 20, None, "biased"),
    ],
)
def test_no_interval_has_a_reason(metric: object, values: list[float], clusters: list[str] | None, why: str) -> None:
    found = intervals.interval(metric, with_ones(np.array(values)), clusters=clusters)
    assert math.isnan(found.low) and math.isnan(found.high)
    assert found.method == f"ci:none|why:{why}{'|cluster:yes' if clusters else ''}"
    assert intervals.reason(f"metric:m|{found.method}") == intervals.REASONS[why]


def test_a_biased_metric_is_found_out() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 5))
    matrix = np.hstack([rows, np.ones((200, 1))])
    assert intervals.interval(Largest(), matrix).method == "ci:none|why:biased"


def test_a_value_that_hangs_on_one_sample_has_no_interval() -> None:
    lonely = np.array([[0.0, 0.1], [0.0, 0.9], [1.0, 0.5]])
    assert intervals.interval(Area(), lonely).method == "ci:none|why:fragile"


def test_a_score_with_an_interval_has_no_reason() -> None:
    assert intervals.reason("metric:accuracy|ci:wilson") == ""
    assert intervals.reason("metric:somebodys|ci:none|why:new-word") == "new-word"


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.94, 1.0), (0.0, 0.0, 0.06)])
def test_a_perfect_score_has_an_interval(value: float, low: float, high: float) -> None:
    """60 of 60 says that 94 % and more are right, and not that all are."""
    found = intervals.interval(Mean(), with_ones(np.full(60, value)), scale=(0, 1))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)
    assert found.error > 0


def test_few_clusters_have_a_wide_interval() -> None:
    """The fewer clusters, the wider by Student's t, of samples that are as many and as far apart."""
    wide = []
    for count in (3, 6, 30):
        values = np.repeat(np.linspace(0, 1, count), 60 // count)
        owner = np.repeat(np.arange(count), 60 // count)
        found = intervals.interval(Mean(), with_ones(values), clusters=owner.tolist())
        wide.append((found.high - found.low) / (2 * found.error))
    assert wide == sorted(wide, reverse=True)
    assert wide[0] > 4.2 and wide[2] < 2.1
