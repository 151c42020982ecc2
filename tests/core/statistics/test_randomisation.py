"""The shared randomisation of all pairs gives what swapping the predictions of a single pair one by one gives."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from nlptasks.statistics.randomisation import _FIRST, ROUNDS, randomised
from nlptasks_metrics.translation import Bleu


def plain(metric, a, b, rounds=ROUNDS):
    """p of a pair by the definition: each round swaps each row with probability 1/2."""
    draw = np.random.default_rng(99)
    found = abs(float(metric.score(a.sum(axis=0)) - metric.score(b.sum(axis=0))))
    reached = 0
    for _ in range(rounds // 1_000):
        swapped = draw.integers(0, 2, size=(1_000, len(a))).astype(float)
        moved = swapped @ (a - b)
        differences = metric.score(b.sum(axis=0) + moved) - metric.score(a.sum(axis=0) - moved)
        reached += int(np.sum(np.abs(differences) >= found - 1e-10))
    return (reached + 1) / (rounds + 1)


class Counting:
    """A metric that counts how many scores it is asked for."""

    def __init__(self, metric):
        self.metric, self.asked = metric, 0
        self.signature, self.binary = metric.signature, metric.binary

    def stats(self, predictions, targets):
        return self.metric.stats(predictions, targets)

    def score(self, sums):
        self.asked += len(np.atleast_2d(sums))
        return self.metric.score(sums)


@pytest.fixture(scope="module")
def written():
    """A metric of texts and statistics of four systems, the last two nearly alike."""
    metric = Counting(Bleu(()))
    draw = np.random.default_rng(0)
    words = [f"w{at}" for at in range(300)]
    gold = [" ".join(draw.choice(words, 15)) for _ in range(120)]

    def answers(kept, seed):
        own = np.random.default_rng(seed)
        return [" ".join(w if own.random() < kept else own.choice(words) for w in line.split()) for line in gold]

    return metric, [
        metric.stats(answers(kept, seed), gold) for kept, seed in [(0.9, 1), (0.87, 2), (0.85, 3), (0.6, 4)]
    ]


def test_it_agrees_with_swapping_one_by_one(written):
    metric, matrices = written
    metric.asked = 0
    found = randomised(metric, matrices)
    assert metric.asked < 4 * ROUNDS  # a full randomisation asks for 2 * 6 * ROUNDS
    for p, (one, two) in zip(found, combinations(range(4), 2), strict=True):
        expected = plain(metric, matrices[one], matrices[two])
        assert p == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) * 2 / ROUNDS) + 2 / ROUNDS)
    assert found[2] == 1 / (ROUNDS + 1)


def test_a_pair_has_the_same_p_alone_and_among_others(written):
    metric, matrices = written
    every = dict(zip(combinations(range(4), 2), randomised(metric, matrices), strict=True))
    for (one, two), p in every.items():
        assert randomised(metric, [matrices[one], matrices[two]]) == [p]
        assert randomised(metric, matrices, [(two, one)]) == [p]


def test_clusters_are_swapped_together(written):
    metric, matrices = written
    clusters = [str(at // 30) for at in range(120)]
    # Four clusters can be swapped in 16 ways, of which two give the difference itself.
    assert randomised(metric, [matrices[0], matrices[3]], clusters=clusters)[0] == pytest.approx(2 / 16, abs=0.04)


class Steps:
    """A metric that no line comes near: 1 where the sum is above a half of the samples."""

    binary = False
    signature = "steps"

    def score(self, sums):
        return (sums[..., 0] > sums[..., 1] / 2).astype(float)


def test_a_metric_that_is_not_smooth_is_asked_each_time():
    draw = np.random.default_rng(3)
    one, two = ((draw.random((40, 1)) < share).astype(float) for share in (0.8, 0.4))
    ones = np.ones((40, 1))
    matrices = [np.hstack([one, ones]), np.hstack([two, ones])]
    assert randomised(Steps(), matrices)[0] == pytest.approx(plain(Steps(), *matrices), abs=0.02)


def test_equal_systems():
    same = np.random.default_rng(0).random((30, 2))
    assert randomised(Steps(), [same, same.copy(), same]) == [1, 1, 1]


class Middle:
    """The median of the first column, which is no function of a sum."""

    binary = False
    signature = "middle"

    def score(self, sums):
        return np.full(sums.shape[:-1], np.nan)

    def weighted(self, weights, matrix):
        found = [np.median(np.repeat(matrix[:, 0], row.astype(int))) for row in np.atleast_2d(weights)]
        return np.array(found).reshape(np.shape(weights)[:-1])


def test_of_a_metric_that_needs_the_rows_a_large_p_takes_fewer_rounds():
    draw = np.random.default_rng(4)
    a = draw.random((25, 1))
    near, far = a + draw.normal(0.0, 0.3, (25, 1)), a + 1
    equal, different, same = randomised(Middle(), [a, near, far, a.copy()], [(0, 1), (0, 2), (0, 3)])
    assert equal > 0.1
    assert round(equal * (_FIRST + 1), 6) % 1 == pytest.approx(0, abs=1e-6)
    assert different == pytest.approx(1 / (ROUNDS + 1), abs=3e-4)
    assert same == 1


def test_counts_of_nothing_in_common_are_never_asked_for_below_0():
    """Two systems of which neither has a word of the references: every count of hits is 0."""
    metric = Bleu(("",))
    one = metric.stats(["a dog", "a cat. two"], ["ein Hund", "eine Katze"])
    other = metric.stats(["one dog", "the cat. two"], ["ein Hund", "eine Katze"])
    assert randomised(metric, [one, one.copy(), other]) == [1, 1, 1]
