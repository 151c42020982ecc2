from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest
from scipy.stats import permutation_test
from sklearn.metrics import roc_auc_score

from nlptasks._scoring.metrics import OpenMetric
from nlptasks._scoring.results import base_signature, result
from nlptasks.plugin import MetricSpec
from nlptasks.statistics import intervals, power
from nlptasks_metrics.labels import Accuracy, MacroF1
from nlptasks_metrics.translation import Bleu

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


# ----------------------------------------------------------- golden numbers


@pytest.mark.parametrize(("b", "c", "p"), [(10, 2, 0.0385742), (30, 15, 0.0356978), (5, 5, 1.0), (0, 0, 1.0)])
def test_mcnemar_has_its_golden_numbers(b: int, c: int, p: float) -> None:
    assert intervals.mcnemar(b, c) == pytest.approx(p, abs=1e-7)
    found = intervals.paired(Accuracy(()), *hits(b, c), resamples=20)
    assert (found.test, found.losses, found.wins, found.ties) == ("mcnemar", b, c, 20)
    assert found.p == pytest.approx(p, abs=1e-7)


def test_wilson_has_its_golden_numbers() -> None:
    low, high = intervals.wilson(413 + 381, 872)
    assert (round(low, 4), round(high, 4)) == (0.8898, 0.9277)
    assert all(math.isnan(end) for end in intervals.wilson(0, 0))


def test_holm_has_the_numbers_of_its_definition() -> None:
    assert intervals.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert intervals.holm([0.01, math.nan, 0.04])[::2] == pytest.approx([0.02, 0.04])
    assert intervals.holm([0.9, 0.8]) == [1.0, 1.0]
    assert intervals.holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_makes_a_p_smaller_nor_changes_their_order(ps: list[float]) -> None:
    adjusted = intervals.holm(ps)
    assert all(p <= found <= 1 for p, found in zip(ps, adjusted, strict=True))
    assert [adjusted[at] for at in np.argsort(ps, kind="stable")] == sorted(adjusted)


# --------------------------------------------------------------- references


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
    p = intervals.sacrebleu_paired_bs(ours, ours.stats(first, refs), ours.stats(second, refs), resamples=500)
    assert p == pytest.approx(theirs["BLEU"][1].p_value)


def test_randomisation_has_scipys_exact_p() -> None:
    a, b = two_systems(12, gain=0.1)
    exact = permutation_test(
        (a[:, 0], b[:, 0]), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
    )
    assert intervals.paired(Mean(), a, b, resamples=10).p == pytest.approx(exact.pvalue, abs=0.015)


def test_randomisation_of_hits_is_near_mcnemar() -> None:
    a, b = hits(30, 15)
    assert intervals.paired(Mean(), a, b, resamples=10).p == pytest.approx(intervals.mcnemar(30, 15), abs=0.006)


def test_the_bootstrap_has_the_textbook_standard_error() -> None:
    a, _ = two_systems(500)
    drawn = intervals.resampled(Mean(), a)
    assert intervals.standard_error(drawn) == pytest.approx(a[:, 0].std() / math.sqrt(500), rel=0.05)


def test_drawing_kinds_is_drawing_samples() -> None:
    """Few kinds are drawn by their counts and many sample by sample; the intervals agree."""
    values = np.repeat([0.0, 0.5, 1.0], [100, 60, 240])
    few = intervals.interval(Mean(), with_ones(values))
    many = intervals.interval(Mean(), with_ones(values + np.linspace(0, 1e-9, 400)))
    assert (few.low, few.high) == pytest.approx((many.low, many.high), abs=0.006)


# --------------------------------------------------------------- properties


@settings(max_examples=25)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_changes_nothing(rows: list[tuple[str, str, str]], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    metric = MacroF1(LABELS)
    gold, first, second = zip(*rows, strict=True)
    a, b = metric.stats(first, gold), metric.stats(second, gold)
    assert intervals.interval(metric, a, resamples=50) == intervals.interval(metric, a[order], resamples=50)
    one = intervals.paired(metric, a, b, resamples=50, rounds=99)
    assert one == intervals.paired(metric, a[order], b[order], resamples=50, rounds=99)


@settings(max_examples=25)
@given(ROWS)
def test_counts_are_rows_that_repeat(rows: list[tuple[str, str, str]]) -> None:
    metric = MacroF1(LABELS)
    gold, first, _ = zip(*rows, strict=True)
    matrix = metric.stats(first, gold)
    kinds, counts = np.unique(matrix, axis=0, return_counts=True)
    counted = intervals.interval(metric, kinds, counts=counts, resamples=50)
    assert counted == intervals.interval(metric, matrix, resamples=50)


@settings(max_examples=25)
@given(ROWS)
def test_a_system_does_not_differ_from_itself(rows: list[tuple[str, str, str]]) -> None:
    gold, first, _ = zip(*rows, strict=True)
    for metric in (Accuracy(LABELS), MacroF1(LABELS)):
        matrix = metric.stats(first, gold)
        found = intervals.paired(metric, matrix, matrix, resamples=50, rounds=99)
        assert (found.delta, found.low, found.high, found.p, found.ties) == (0, 0, 0, 1, len(rows))


@settings(max_examples=25)
@given(ROWS)
def test_turning_the_systems_around_turns_the_result(rows: list[tuple[str, str, str]]) -> None:
    metric = MacroF1(LABELS)
    gold, first, second = zip(*rows, strict=True)
    a, b = metric.stats(first, gold), metric.stats(second, gold)
    one = intervals.paired(metric, a, b, resamples=50, rounds=199)
    other = intervals.paired(metric, b, a, resamples=50, rounds=199)
    assert one.delta == pytest.approx(-other.delta)
    assert (one.wins, one.losses, one.ties) == (other.losses, other.wins, other.ties)
    assert one.low <= one.delta <= one.high
    assert 1 / 200 <= one.p <= 1


def test_a_plain_difference_is_found() -> None:
    found = intervals.paired(Mean(), *two_systems(300, gain=0.1))
    assert found.p == pytest.approx(1 / 10_001)
    assert 0 < found.low < found.delta < found.high
    assert found.wins > found.losses


def test_lower_may_be_better() -> None:
    a, b = two_systems(50, gain=0.1)
    up = intervals.paired(Mean(), a, b, resamples=10, rounds=10)
    down = intervals.paired(Mean(), a, b, resamples=10, rounds=10, higher_is_better=False)
    assert (up.wins, up.losses, up.delta) == (down.losses, down.wins, down.delta)


def test_the_seed_decides_the_draws() -> None:
    a, _ = two_systems(80)
    assert intervals.interval(Mean(), a, seed=1) == intervals.interval(Mean(), a, seed=1)
    assert intervals.interval(Mean(), a, seed=1) != intervals.interval(Mean(), a, seed=2)


def test_systems_need_the_same_samples() -> None:
    a, b = two_systems(10)
    with pytest.raises(ValueError, match="same samples"):
        intervals.paired(Mean(), a, b[:9])
    with pytest.raises(ValueError, match="same samples"):
        intervals.shared_resamples(Mean(), [])


# ----------------------------------------------------------------- clusters


def test_samples_that_are_right_and_wrong_together_make_the_interval_wider() -> None:
    values = np.repeat(np.random.default_rng(0).random(30), 20)
    owner = np.repeat(np.arange(30), 20).tolist()
    plain, drawn = (intervals.interval(Mean(), with_ones(values), clusters=of) for of in (None, owner))
    assert drawn.high - drawn.low > 3 * (plain.high - plain.low)
    assert drawn.method == "ci:bootstrap|bs:2000|seed:12345|cluster:yes"
    named = intervals.interval(Mean(), with_ones(values), clusters=owner, cluster="article")
    assert named.method.endswith("|cluster:article")


def test_clusters_of_one_sample_are_samples() -> None:
    a, b = two_systems(80, gain=0.03)
    alone = [f"{at:03d}" for at in range(80)]
    plain, drawn = (intervals.interval(Mean(), a, clusters=of) for of in (None, alone))
    assert (plain.low, plain.high) == pytest.approx((drawn.low, drawn.high), abs=0.01)
    ps = [intervals.paired(Mean(), a, b, clusters=of, resamples=10).p for of in (None, alone)]
    assert ps[0] == pytest.approx(ps[1], abs=0.02)


def test_clusters_are_swapped_as_a_whole() -> None:
    """Three clusters have four ways to be swapped but for the sign, so p cannot be below 1/4."""
    a = with_ones(np.zeros(30))
    b = with_ones(np.ones(30))
    owner = np.repeat(["x", "y", "z"], 10).tolist()
    assert intervals.paired(Accuracy(()), a, b, resamples=10).p < 1e-8
    found = intervals.paired(Accuracy(()), a, b, clusters=owner, resamples=10)
    assert (found.test, found.p) == ("randomisation", pytest.approx(0.25, abs=0.02))


def test_a_share_of_clustered_samples_has_no_wilson_interval() -> None:
    a, _ = hits(5, 5)
    assert intervals.interval(Accuracy(()), a).method == "ci:wilson"
    assert intervals.interval(Accuracy(()), a, clusters=list("ab" * 15)).method.startswith("ci:bootstrap")


# ------------------------------------------------- metrics without any sums


def curve(n: int = 60, seed: int = 0, noise: float = 1.0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    gold = (np.arange(n) % 2).astype(float)
    return np.stack([gold, gold + generator.normal(0, noise, n)], axis=1)


def test_an_area_has_an_interval_and_a_test() -> None:
    area, a, b = Area(), curve(seed=1), curve(seed=2)
    found = intervals.interval(area, a, resamples=100)
    assert found.low < intervals.value(area, a) < found.high
    paired = intervals.paired(area, a, b, resamples=20, rounds=199)
    assert paired.delta == pytest.approx(roc_auc_score(b[:, 0], b[:, 1]) - roc_auc_score(a[:, 0], a[:, 1]))
    assert (paired.test, paired.wins, paired.losses) == ("randomisation", 0, 0)
    assert 0.005 <= paired.p <= 1
    assert intervals.paired(area, a, a, resamples=20, rounds=49).p == 1


def test_an_area_is_drawn_by_clusters_too() -> None:
    owner = np.repeat(np.arange(15), 4).tolist()
    paired = intervals.paired(Area(), curve(seed=1), curve(seed=2), clusters=owner, resamples=20, rounds=99)
    assert paired.low <= paired.delta <= paired.high
    found = intervals.interval(Area(), curve(), clusters=owner, resamples=50)
    assert found.low < found.high


def test_resamples_with_one_label_alone_do_not_count() -> None:
    lonely = np.array([[0.0, 0.1], [0.0, 0.9], [1.0, 0.5]])
    drawn = intervals.resampled(Area(), lonely, resamples=200)
    assert 0 < np.isnan(drawn).sum() < 200
    assert all(map(math.isfinite, intervals.ends(drawn)))


def test_what_is_not_defined_is_no_number() -> None:
    one_label = np.array([[0.0, 0.1], [0.0, 0.9]])
    assert math.isnan(intervals.value(Area(), one_label))
    assert all(map(math.isnan, intervals.ends(intervals.resampled(Area(), one_label, resamples=9))))
    assert math.isnan(intervals.paired(Area(), one_label, one_label, resamples=9, rounds=9).p)
    assert math.isnan(intervals.value(Mean(), np.zeros((0, 2))))


# ------------------------------------------------------ what a set can tell


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


# ------------------------------------------------------------------ results


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
    expected = intervals.interval(metric, a, clusters=clusters, cluster="article")
    assert (found.low, found.high) == (expected.low, expected.high)
    assert found.signature == f"{metric.signature}|{expected.method}"
    assert found.detectable == pytest.approx(power.detectable_difference(metric, a, clusters=clusters))
