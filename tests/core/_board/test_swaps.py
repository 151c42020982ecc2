"""The shared tests of all pairs give what tests of single pairs give."""

from __future__ import annotations

import numpy as np
import pytest

from nlptasks._board.ranking import mcnemar_of_all
from nlptasks._board.swaps import _FIRST, randomised
from nlptasks._scoring.metrics import open_metric
from nlptasks.statistics.intervals import ROUNDS, mcnemar, paired


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
def written(registry):
    """A metric of texts and statistics of four systems, the last two nearly alike."""
    metric = Counting(open_metric(registry, "bleu", labels=(), language="de").metric)
    draw = np.random.default_rng(0)
    words = [f"w{at}" for at in range(300)]
    gold = [" ".join(draw.choice(words, 15)) for _ in range(120)]

    def answers(kept, seed):
        own = np.random.default_rng(seed)
        return [" ".join(w if own.random() < kept else own.choice(words) for w in line.split()) for line in gold]

    return metric, [
        metric.stats(answers(kept, seed), gold) for kept, seed in [(0.9, 1), (0.87, 2), (0.85, 3), (0.6, 4)]
    ]


def test_randomisation_agrees_with_that_of_a_single_pair(written):
    metric, matrices = written
    metric.asked = 0
    found = randomised(metric, matrices)
    assert metric.asked < 4 * ROUNDS  # a full randomisation asks for 2 * 6 * ROUNDS
    for one in range(4):
        for two in range(one + 1, 4):
            expected = paired(metric, matrices[one], matrices[two]).p
            rounds = _FIRST if expected > 0.1 else ROUNDS
            noise = 4 * np.sqrt(expected * (1 - expected) * (1 / rounds + 1 / ROUNDS)) + 2 / ROUNDS
            assert found[one, two] == pytest.approx(expected, abs=noise)
    assert (found == found.T).all() and (np.diag(found) == 1).all()
    assert found[0, 3] == 1 / (ROUNDS + 1)


def test_clusters_are_swapped_together(written):
    metric, matrices = written
    clusters = [str(at // 30) for at in range(120)]
    # Four clusters can be swapped in 16 ways, of which two give the difference itself.
    assert randomised(metric, [matrices[0], matrices[3]], clusters)[0, 1] == pytest.approx(2 / 16, abs=0.04)


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
    expected = paired(Steps(), *matrices).p
    assert randomised(Steps(), matrices)[0, 1] == pytest.approx(expected, abs=0.05)


def test_equal_systems():
    same = np.random.default_rng(0).random((30, 2))
    assert (randomised(Steps(), [same, same.copy(), same]) == 1).all()


def test_mcnemar_of_all_pairs():
    draw = np.random.default_rng(1)
    matrices = [np.stack([draw.random(80) < share, np.ones(80)], axis=1).astype(float) for share in (0.5, 0.6, 0.9)]
    found = mcnemar_of_all(matrices)
    for one in range(3):
        for two in range(3):
            a, b = matrices[one][:, 0], matrices[two][:, 0]
            expected = mcnemar(int((a > b).sum()), int((b > a).sum()))
            assert found[one, two] == pytest.approx(expected, rel=1e-12)
