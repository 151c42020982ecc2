from __future__ import annotations

import math

import numpy as np
import pytest

from nlptasks.statistics import power
from nlptasks_metrics.labels import Accuracy


class Mean:
    """Mean of the first column."""

    binary = False
    signature = "metric:mean"

    def score(self, sums: np.ndarray) -> np.ndarray:
        return sums[..., 0] / sums[..., 1]


def with_ones(values: np.ndarray) -> np.ndarray:
    return np.stack([values, np.ones(len(values))], axis=1)


@pytest.mark.parametrize(("discordance", "points"), [(0.05, 2.1), (0.1, 3.0)])
def test_what_can_be_detected_has_its_golden_numbers(discordance: float, points: float) -> None:
    assert round(100 * power.detectable(872, discordance=discordance), 1) == points


@pytest.mark.parametrize(("n", "discordance"), [(0, 0.1), (10, 0.0), (10, 1.5)])
def test_what_cannot_be_asked_of_detectable(n: int, discordance: float) -> None:
    with pytest.raises(ValueError, match="discordance"):
        power.detectable(n, discordance=discordance)


def test_a_detectable_difference_is_that_of_the_standard_error() -> None:
    a = with_ones(np.random.default_rng(0).random(400))
    error = a[:, 0].std() / 20
    assert power.detectable_difference(Mean(), a) == pytest.approx(2.8016 * error, rel=0.06)
    same = power.detectable_difference(Mean(), a, correlation=0.98)
    assert same == pytest.approx(power.detectable_difference(Mean(), a) / 5)
    assert math.isnan(power.detectable_difference(Mean(), with_ones(np.ones(9))))
    assert 0 < power.detectable_difference(Accuracy(()), with_ones(np.ones(9))) < 1
