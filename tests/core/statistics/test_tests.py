from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest
from scipy.stats import permutation_test
from sklearn.metrics import roc_auc_score

from nlptasks.statistics import intervals, resampling, tests
from nlptasks.statistics.randomisation import randomised
from nlptasks_metrics.labels import Accuracy, MacroF1, Mcc
from nlptasks_metrics.translation import Bleu

from .systems import LABELS, ROWS, Area, Mean, curve, hits, two_systems, with_ones


@pytest.mark.parametrize(("b", "c", "p"), [(10, 2, 0.0385742), (30, 15, 0.0356978), (5, 5, 1.0), (0, 0, 1.0)])
def test_mcnemar_has_its_golden_numbers(b: int, c: int, p: float) -> None:
    assert tests.mcnemar(b, c) == pytest.approx(p, abs=1e-7)
    found = tests.paired(Accuracy(()), *hits(b, c), resamples=20)
    assert (found.test, found.losses, found.wins, found.ties) == ("mcnemar", b, c, 20)
    assert found.p == pytest.approx(p, abs=1e-7)


def test_holm_has_the_numbers_of_its_definition() -> None:
    assert tests.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert tests.holm([0.01, math.nan, 0.04])[::2] == pytest.approx([0.02, 0.04])
    assert tests.holm([0.9, 0.8]) == [1.0, 1.0]
    assert tests.holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_makes_a_p_smaller_nor_changes_their_order(ps: list[float]) -> None:
    adjusted = tests.holm(ps)
    assert all(p <= found <= 1 for p, found in zip(ps, adjusted, strict=True))
    assert [adjusted[at] for at in np.argsort(ps, kind="stable")] == sorted(adjusted)


def test_sacrebleus_paired_bootstrap_has_sacrebleus_p() -> None:
    generator = np.random.default_rng(1)
    words = ["the", "a", "cat", "dog", "sat", "ran", "on", "under", "mat", "log", "big", "small", "and", "then"]
    refs = [" ".join(generator.choice(words, 9)) for _ in range(40)]

    def noisy(share: float) -> list[str]:
        return [
            " ".join(w if generator.random() > share else str(generator.choice(words)) for w in ref.split())
            for ref in refs
        ]

    first, second = noisy(0.2), noisy(0.22)
    systems = [("first", first), ("second", second)]
    _, theirs = PairedTest(systems, {"BLEU": BLEU()}, [refs], test_type="bs", n_samples=500)()
    ours = Bleu(())
    p = tests.sacrebleu_paired_bs(ours, ours.stats(first, refs), ours.stats(second, refs), resamples=500)
    assert p == pytest.approx(theirs["BLEU"][1].p_value)


def test_randomisation_has_scipys_exact_p() -> None:
    a, b = two_systems(12, gain=0.1)
    exact = permutation_test(
        (a[:, 0], b[:, 0]), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
    )
    assert randomised(Mean(), [a, b], [(0, 1)])[0] == pytest.approx(exact.pvalue, abs=0.015)


def test_skewed_differences_are_not_told_apart_by_their_direction() -> None:
    """Many small losses and few large gains: p is no smaller than that of a t test corrected for skewness."""
    gains = np.where(np.arange(30) == 0, 0.3, -0.04) + np.linspace(0, 0.01, 30)
    a, b = with_ones(np.full(30, 0.4)), with_ones(0.4 + gains)
    assert randomised(Mean(), [a, b], [(0, 1)])[0] < 0.05
    assert tests.paired(Mean(), a, b, resamples=10).p > 0.05


def test_a_correlation_has_no_wins() -> None:
    gold, first, second = ["p", "n"] * 20, ["p", "n"] * 20, ["p"] * 30 + ["n"] * 10
    metric = Mcc(("n", "p"))
    found = tests.paired(metric, metric.stats(first, gold), metric.stats(second, gold), resamples=10)
    assert (found.wins, found.ties, found.losses) == (None, None, None)


def test_randomisation_of_hits_is_near_mcnemar() -> None:
    a, b = hits(30, 15)
    assert tests.paired(Mean(), a, b, resamples=10).p == pytest.approx(tests.mcnemar(30, 15), abs=0.006)


@settings(max_examples=25)
@given(ROWS)
def test_a_system_does_not_differ_from_itself(rows: list[tuple[str, str, str]]) -> None:
    gold, first, _ = zip(*rows, strict=True)
    for metric in (Accuracy(LABELS), MacroF1(LABELS)):
        matrix = metric.stats(first, gold)
        found = tests.paired(metric, matrix, matrix, resamples=50, rounds=99)
        assert (found.delta, found.p, found.ties) == (0, 1, len(rows))
        assert found.low < 0 < found.high if metric.binary else "|why:no-spread" in found.method


@settings(max_examples=25)
@given(ROWS)
def test_turning_the_systems_around_turns_the_result(rows: list[tuple[str, str, str]]) -> None:
    metric = MacroF1(LABELS)
    gold, first, second = zip(*rows, strict=True)
    a, b = metric.stats(first, gold), metric.stats(second, gold)
    one = tests.paired(metric, a, b, resamples=50, rounds=199)
    other = tests.paired(metric, b, a, resamples=50, rounds=199)
    assert one.delta == pytest.approx(-other.delta)
    assert (one.wins, one.losses, one.ties) == (other.losses, other.wins, other.ties)
    assert math.isnan(one.low) or one.low <= one.delta <= one.high
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), nan_ok=True)
    assert 1 / 200 <= one.p <= 1


def test_a_plain_difference_is_found() -> None:
    found = tests.paired(Mean(), *two_systems(300, gain=0.1))
    assert found.p == pytest.approx(1 / 10_001)
    assert 0 < found.low < found.delta < found.high
    assert found.wins > found.losses


def test_lower_may_be_better() -> None:
    a, b = two_systems(50, gain=0.1)
    up = tests.paired(Mean(), a, b, resamples=10, rounds=10)
    down = tests.paired(Mean(), a, b, resamples=10, rounds=10, higher_is_better=False)
    assert (up.wins, up.losses, up.delta) == (down.losses, down.wins, down.delta)


def test_systems_need_the_same_samples() -> None:
    a, b = two_systems(10)
    with pytest.raises(ValueError, match="same samples"):
        tests.paired(Mean(), a, b[:9])
    with pytest.raises(ValueError, match="same samples"):
        resampling.shared_resamples(Mean(), [])


def test_clusters_of_one_sample_are_samples() -> None:
    a, b = two_systems(80, gain=0.03)
    alone = [f"{at:03d}" for at in range(80)]
    plain, drawn = (intervals.interval(Mean(), a, clusters=of) for of in (None, alone))
    assert (plain.low, plain.high) == pytest.approx((drawn.low, drawn.high), abs=0.01)
    ps = [tests.paired(Mean(), a, b, clusters=of, resamples=10).p for of in (None, alone)]
    assert ps[0] == pytest.approx(ps[1], abs=0.02)


def test_clusters_are_swapped_as_a_whole() -> None:
    """Three clusters have four ways to be swapped but for the sign, so p cannot be below 1/4."""
    a = with_ones(np.zeros(30))
    b = with_ones(np.ones(30))
    owner = np.repeat(["x", "y", "z"], 10).tolist()
    assert tests.paired(Accuracy(()), a, b, resamples=10).p < 1e-8
    found = tests.paired(Accuracy(()), a, b, clusters=owner, resamples=10)
    assert (found.test, found.p) == ("randomisation", pytest.approx(0.25, abs=0.02))


def test_an_area_has_an_interval_and_a_test() -> None:
    area, a, b = Area(), curve(seed=1), curve(seed=2)
    found = intervals.interval(area, a, scale=(0, 1))
    assert found.low < resampling.value(area, a) < found.high
    paired = tests.paired(area, a, b, resamples=20, rounds=199)
    assert paired.delta == pytest.approx(roc_auc_score(b[:, 0], b[:, 1]) - roc_auc_score(a[:, 0], a[:, 1]))
    assert (paired.test, paired.wins, paired.ties, paired.losses) == ("randomisation", None, None, None)
    assert 0.005 <= paired.p <= 1
    assert tests.paired(area, a, a, resamples=20, rounds=49).p == 1


def test_an_area_is_drawn_by_clusters_too() -> None:
    owner = np.repeat(np.arange(15), 4).tolist()
    paired = tests.paired(Area(), curve(seed=1), curve(seed=2), clusters=owner, resamples=20, rounds=99)
    assert paired.low <= paired.delta <= paired.high
    found = intervals.interval(Area(), curve(), clusters=owner)
    assert found.low < found.high


def test_what_is_not_defined_is_no_number() -> None:
    one_label = np.array([[0.0, 0.1], [0.0, 0.9]])
    assert math.isnan(resampling.value(Area(), one_label))
    assert all(map(math.isnan, intervals.ends(resampling.resampled(Area(), one_label, resamples=9))))
    assert math.isnan(tests.paired(Area(), one_label, one_label, resamples=9, rounds=9).p)
    assert math.isnan(resampling.value(Mean(), np.zeros((0, 2))))
