from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from nlptasks.statistics import intervals, resampling
from nlptasks_metrics.labels import MacroF1

from .systems import LABELS, ROWS, Area, Mean, two_systems


def test_the_bootstrap_has_the_textbook_standard_error() -> None:
    a, _ = two_systems(500)
    drawn = resampling.resampled(Mean(), a)
    assert intervals.standard_error(drawn) == pytest.approx(a[:, 0].std() / math.sqrt(500), rel=0.05)


@settings(max_examples=25)
@given(ROWS)
def test_counts_are_rows_that_repeat(rows: list[tuple[str, str, str]]) -> None:
    metric = MacroF1(LABELS)
    gold, first, _ = zip(*rows, strict=True)
    matrix = metric.stats(first, gold)
    kinds, counts = np.unique(matrix, axis=0, return_counts=True)
    assert str(intervals.interval(metric, kinds, counts=counts)) == str(intervals.interval(metric, matrix))


def test_resamples_with_one_label_alone_do_not_count() -> None:
    lonely = np.array([[0.0, 0.1], [0.0, 0.9], [1.0, 0.5]])
    drawn = resampling.resampled(Area(), lonely, resamples=200)
    assert 0 < np.isnan(drawn).sum() < 200
    assert all(map(math.isfinite, intervals.ends(drawn)))
