"""Metrics and systems with known truths, for the simulations beside this file.

Systems are made of numbers and not of text: what a test does depends on the statistics of the samples alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: N-gram orders of BLEU, and how probable an n-gram of each order is to be in the reference, at the middle difficulty.
_ORDERS = 4
_MATCHED = np.array([0.65, 0.40, 0.26, 0.17])


class Share:
    """A share of samples; statistics ``[hit, 1]``."""

    signature = "metric:share"

    def __init__(self, *, binary: bool) -> None:
        self.binary = binary

    def stats(self, predictions: object, targets: object) -> Array:
        """Not used: the matrices are drawn."""
        raise NotImplementedError

    def score(self, sums: Array) -> Array:
        """Mean of the first column."""
        mean: Array = np.divide(sums[..., 0], sums[..., 1], out=np.zeros_like(sums[..., 0]), where=sums[..., 1] != 0)
        return mean


class MacroF1(Share):
    """Macro-F1; statistics of a sample ``[hit, answered, gold]`` of each label."""

    def score(self, sums: Array) -> Array:
        """Mean over the labels."""
        hits, answered, gold = np.moveaxis(sums.reshape(*sums.shape[:-1], 3, -1), -2, 0)
        of_both = answered + gold
        each = np.divide(2 * hits, of_both, out=np.zeros_like(hits), where=of_both != 0)
        mean: Array = each.mean(axis=-1)
        return mean


class Bleu(Share):
    """BLEU without smoothing; statistics of a segment ``[length, reference length, hits * 4, n-grams * 4]``."""

    def score(self, sums: Array) -> Array:
        """From 0 to 100."""
        hits, all_ = sums[..., 2 : 2 + _ORDERS], sums[..., 2 + _ORDERS :]
        with np.errstate(divide="ignore", invalid="ignore"):
            precision = np.exp(np.log(hits / all_).mean(axis=-1))
            penalty = np.exp(np.minimum(0.0, 1 - sums[..., 1] / sums[..., 0]))
        score: Array = 100 * np.nan_to_num(precision * penalty)
        return score


def shares(generator: np.random.Generator, n: int, systems: int, *, right: float, alike: float) -> list[Array]:
    """Hits of equal systems: a sample is the same to all of them with probability ``alike``, else independent."""
    common = generator.random(n) < right
    shared = generator.random(n) < alike
    hits = [np.where(shared, common, generator.random(n) < right) for _ in range(systems)]
    return [_with_ones(hit.astype(np.float64)) for hit in hits]


def f1s(generator: np.random.Generator, n: int, systems: int) -> list[Array]:
    """Values like SQuAD's F1: 1 or 0 for most samples and in between for some, more alike on easy and hard ones.

    Each sample has its difficulty; given that, the systems are independent and equal. The mean is 0.75.
    """
    easy = generator.beta(3, 1, n)
    found = []
    for _ in range(systems):
        between = generator.random(n) < 0.4
        part = easy + (generator.beta(2, 2, n) - 0.5) * 2 * np.minimum(easy, 1 - easy)
        found.append(_with_ones(np.where(between, part, generator.random(n) < easy)))
    return found


def bleus(generator: np.random.Generator, n: int, systems: int) -> list[Array]:
    """Statistics like those of BLEU on segments of about 20 words; the systems are equal given a segment."""
    reference = 5.0 + generator.poisson(15, n)
    level = generator.beta(6, 6, n) + 0.5
    found = []
    for _ in range(systems):
        length = np.maximum(_ORDERS, reference + generator.integers(-3, 3, n))
        all_ = np.stack([length - order for order in range(_ORDERS)], axis=1)
        hits = generator.binomial(all_.astype(np.int64), np.minimum(1.0, level[:, None] * _MATCHED))
        found.append(np.hstack([length[:, None], reference[:, None], hits, all_]))
    return found


def labels(generator: np.random.Generator, n: int, systems: int) -> list[Array]:
    """Statistics of macro-F1 over four labels of unequal size, right with 0.8."""
    gold = generator.choice(4, size=n, p=[0.4, 0.3, 0.2, 0.1])
    found = []
    for _ in range(systems):
        answer = np.where(generator.random(n) < 0.8, gold, generator.integers(4, size=n))
        cells = np.zeros((n, 3, 4))
        cells[np.arange(n), 0, gold] = answer == gold
        cells[np.arange(n), 1, answer] = 1
        cells[np.arange(n), 2, gold] = 1
        found.append(cells.reshape(n, -1))
    return found


def clustered(
    generator: np.random.Generator, clusters: int, size: int, systems: int
) -> tuple[list[Array], NDArray[np.int64]]:
    """Hits of equal systems in clusters that are easy or hard as a whole (beta, mean 0.8), and the clusters."""
    owner = np.repeat(np.arange(clusters), size)
    found = []
    easy = generator.beta(8, 2, clusters)
    for _ in range(systems):
        own = np.clip(easy + generator.normal(0, 0.1, clusters), 0, 1)
        found.append(_with_ones((generator.random(clusters * size) < own[owner]).astype(np.float64)))
    return found, owner


def _with_ones(column: Array) -> Array:
    return np.stack([column, np.ones(len(column))], axis=1)
