from __future__ import annotations

import math

import numpy as np
import pytest

from nlptasks.statistics.differences import Shared, discordant_interval
from nlptasks_metrics.labels import ClassF1, MacroF1

from .systems import LABELS, Mean, hits, two_systems, with_ones


def test_two_proportions_have_the_interval_of_bonett_and_price() -> None:
    """Their formula on 10 and 2 discordant samples of 32, worked by hand."""
    found = discordant_interval(*hits(10, 2))
    lost, won = 11 / 34, 3 / 34
    half = 1.959964 * math.sqrt((lost + won - (won - lost) ** 2) / 34)
    assert (found.interval.low, found.interval.high) == pytest.approx((won - lost - half, won - lost + half), abs=1e-6)
    assert (found.interval.method, found.apart, found.units) == ("ci:bonett-price", (10, 2), 32)


def test_the_error_of_a_mean_difference_is_that_of_the_differences() -> None:
    a, b = two_systems(60, gain=0.05)
    apart = b[:, 0] - a[:, 0]
    found = Shared.of(Mean(), [[a], [b]], None).difference(0, 1)
    assert found.interval.error == pytest.approx(apart.std(ddof=1) / math.sqrt(60))
    assert found.interval.low < apart.mean() < found.interval.high
    assert found.interval.method == "ci:hall-t|se:jackknife"


def test_a_system_with_several_runs_is_their_mean() -> None:
    a, b = two_systems(40)
    twice = Shared.of(Mean(), [[a], [b, b]], None).difference(0, 1)
    assert twice == Shared.of(Mean(), [[a], [b]], None).difference(0, 1)


@pytest.mark.parametrize(
    ("metric", "why"), [(ClassF1(LABELS), "biased"), (MacroF1(LABELS), "few-of-a-label")], ids=["worst", "rare"]
)
def test_a_difference_without_an_interval_says_why(metric: MacroF1, why: str) -> None:
    gold = ["a"] * 20 + ["b"] * 20 + ["c"] * 4
    first, second = ["a"] * 22 + ["b"] * 20 + ["c"] * 2, ["a"] * 18 + ["b"] * 23 + ["c"] * 3
    shared = Shared.of(metric, [[metric.stats(first, gold)], [metric.stats(second, gold)]], None)
    found = shared.difference(0, 1)
    assert math.isnan(found.interval.low) and found.interval.method == f"ci:none|why:{why}"
    assert found.interval.error > 0 and 0 < found.p <= 1


def test_two_clusters_have_neither_interval_nor_p() -> None:
    a, b = two_systems(20, gain=0.2)
    found = Shared.of(Mean(), [[a], [b]], list("ab" * 10)).difference(0, 1)
    assert math.isnan(found.interval.low) and math.isnan(found.p)
    assert found.interval.method == "ci:none|why:few-clusters|cluster:yes"


def test_differences_to_one_side_are_no_surer_than_the_samples_not_seen() -> None:
    a = with_ones(np.linspace(0, 1, 5))
    few = Shared.of(Mean(), [[a], [with_ones(a[:, 0] - 0.05 - 0.001 * np.arange(5))]], None).difference(0, 1)
    assert few.p > 0.05
