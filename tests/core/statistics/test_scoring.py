from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from nlptasks.statistics.scoring import gold_counts, score_pairs, wilson
from nlptasks_metrics.labels import Accuracy, MacroF1

LABELS = ("a", "b", "c", "d")
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)
BINARY = Counter({("p", "p"): 413, ("p", "n"): 47, ("n", "p"): 31, ("n", "n"): 381})


def counted(answers: list[int], golds: list[int]) -> Counter[tuple[str, str]]:
    return Counter((str(a), str(g)) for a, g in zip(answers, golds, strict=True))


def test_golden_numbers_of_ten_rows() -> None:
    pairs = counted([0, 2, 1, 0, 0, 2, 2, 1, 0, 1], [0, 1, 2, 0, 1, 2, 2, 1, 0, 2])
    assert score_pairs("accuracy", Accuracy(()), pairs).value == pytest.approx(0.6)
    assert score_pairs("macro-f1", MacroF1(("0", "1", "2")), pairs).value == pytest.approx(0.5873015873)


def test_golden_numbers_of_a_binary_confusion() -> None:
    accuracy = score_pairs("accuracy", Accuracy(()), BINARY)
    assert accuracy.value == pytest.approx(0.9105504587)
    assert (round(accuracy.low, 4), round(accuracy.high, 4)) == (0.8898, 0.9277)
    assert accuracy.n == 872
    assert score_pairs("macro-f1", MacroF1(("n", "p")), BINARY).value == pytest.approx(0.9104298357)


@given(PAIRS)
def test_metrics_equal_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    answers, golds = zip(*pairs, strict=True)
    sums = Accuracy(LABELS).stats(answers, golds).sum(axis=0)
    assert Accuracy(LABELS).score(sums) == pytest.approx(accuracy_score(golds, answers))
    metric = MacroF1(LABELS)
    expected = f1_score(golds, answers, labels=LABELS, average="macro", zero_division=0)
    assert metric.score(metric.stats(answers, golds).sum(axis=0)) == pytest.approx(expected)


@given(PAIRS, PAIRS)
def test_statistics_add_up(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    metric = MacroF1(LABELS)

    def total(pairs: list[tuple[str, str]]) -> np.ndarray:
        return metric.stats(*zip(*pairs, strict=True)).sum(axis=0)

    np.testing.assert_allclose(total(one) + total(other), total(one + other))


@pytest.mark.parametrize("metric", [Accuracy(LABELS), MacroF1(LABELS)])
def test_perfect_answers_score_one(metric: Accuracy | MacroF1) -> None:
    pairs = {(label, label): 10 for label in LABELS}
    score = score_pairs("m", metric, pairs, scale=(0, 1))
    assert score.value == 1
    assert score.low <= score.value <= score.high


def test_the_interval_is_the_same_whatever_the_order_of_the_pairs() -> None:
    backwards = dict(reversed(BINARY.items()))
    assert score_pairs("f", MacroF1(("n", "p")), BINARY) == score_pairs("f", MacroF1(("n", "p")), backwards)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(0)
    n, share = 200, 0.8
    covered = sum(
        low <= share <= high for low, high in (wilson(int(generator.binomial(n, share)), n) for _ in range(500))
    )
    assert 0.92 <= covered / 500 <= 0.98


def test_the_baseline_stands_beside_the_score() -> None:
    baseline = {("p", "p"): 444, ("p", "n"): 428}
    assert score_pairs("a", Accuracy(()), BINARY, baseline=baseline).baseline == pytest.approx(444 / 872)


def test_nothing_has_no_score() -> None:
    with pytest.raises(ValueError, match="one example or more"):
        score_pairs("a", Accuracy(()), {})


def test_gold_answers_are_counted() -> None:
    assert gold_counts(BINARY) == {"p": 444, "n": 428}
