"""Metrics and systems that the tests of statistics are made with."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

LABELS = ("a", "b", "c")

ROWS = st.lists(st.tuples(*[st.sampled_from(LABELS)] * 3), min_size=2, max_size=40)


class Mean:
    """Mean of the first column."""

    binary = False
    signature = "metric:mean"

    def score(self, sums: np.ndarray) -> np.ndarray:
        return np.divide(sums[..., 0], sums[..., 1], out=np.zeros_like(sums[..., 0]), where=sums[..., 1] != 0)


class Area:
    """Area under the curve, which is no function of a sum. Statistics: whether it is positive, and its score."""

    binary = False
    signature = "metric:area"

    def score(self, sums: np.ndarray) -> np.ndarray:
        raise AssertionError("an area has no score of a sum")

    def weighted(self, weights: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        found = [self._one(np.asarray(row, dtype=float), matrix) for row in np.atleast_2d(weights)]
        return np.array(found).reshape(np.shape(weights)[:-1])

    def _one(self, weights: np.ndarray, matrix: np.ndarray) -> float:
        used = weights > 0
        if len(set(matrix[used, 0])) < 2:
            return math.nan
        return float(roc_auc_score(matrix[used, 0], matrix[used, 1], sample_weight=weights[used]))


def with_ones(values: np.ndarray) -> np.ndarray:
    return np.stack([values, np.ones(len(values))], axis=1)


def two_systems(n: int = 60, seed: int = 0, gain: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    first = generator.random(n)
    return with_ones(first), with_ones(np.clip(first + generator.normal(gain, 0.2, n), 0, 1))


def hits(b: int, c: int, both: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Two systems of which ``b`` samples only the first has right and ``c`` only the second."""
    first = np.array([1.0] * b + [0.0] * c + [1.0] * both)
    second = np.array([0.0] * b + [1.0] * c + [1.0] * both)
    return with_ones(first), with_ones(second)


def curve(n: int = 60, seed: int = 0, noise: float = 1.0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    gold = (np.arange(n) % 2).astype(float)
    return np.stack([gold, gold + generator.normal(0, noise, n)], axis=1)
