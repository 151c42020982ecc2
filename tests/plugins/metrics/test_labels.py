from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.exceptions import UndefinedMetricWarning

from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics import labels as ours
from nlptasks_metrics.labels import label_set

LABELS = ("a", "b", "c", "d")
PAIRS = st.lists(st.tuples(st.sampled_from([*LABELS, "x", "y"]), st.sampled_from([*LABELS, "x", "z"])), min_size=1)
MEASURES = {"f1": reference.f1_score, "precision": reference.precision_score, "recall": reference.recall_score}
CLOSED = [
    kind
    for name, kind in vars(ours).items()
    if isinstance(kind, type) and issubclass(kind, ours._OfLabels) and not name.startswith("_")
]

#: y and p of EVALUATION.md.
GOLD, ANSWERS = [0, 1, 2, 0, 1, 2, 2, 1, 0, 2], [0, 2, 1, 0, 0, 2, 2, 1, 0, 1]
TEN = list(zip(map(str, ANSWERS), map(str, GOLD), strict=True))
BINARY = {("p", "p"): 413, ("p", "n"): 47, ("n", "p"): 31, ("n", "n"): 381}


def value(metric, pairs: Sequence[tuple[str, str]]) -> float:
    return float(metric.score(metric.stats(*zip(*pairs, strict=True)).sum(axis=0)))


def quiet(function, *args, **options) -> float:
    """What scikit-learn says, without what it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        return function(*args, **options)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ours.Accuracy, 0.6),
        (ours.MicroF1, 0.6),
        (ours.MacroF1, 0.5873015873),
        (ours.WeightedF1, 0.5857142857),
        (ours.Mcc, 0.4090909091),
    ],
)
def test_golden_numbers_of_ten_rows(kind, expected: float) -> None:
    assert value(kind(("0", "1", "2")), TEN) == pytest.approx(expected, abs=5e-11)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(ours.Accuracy, 0.9105504587), (ours.MacroF1, 0.9104298357), (ours.Mcc, 0.8214744849)],
)
def test_golden_numbers_of_a_binary_confusion(kind, expected: float) -> None:
    assert score_pairs("m", kind(("n", "p")), BINARY).value == pytest.approx(expected, abs=5e-11)


def test_golden_numbers_of_a_binary_confusion_by_label_and_by_wilson() -> None:
    metric = ours.MacroF1(("n", "p"))
    rows = metric.stats([answer for answer, _ in BINARY], [gold for _, gold in BINARY])
    parts = metric.parts(np.array(list(BINARY.values())) @ rows)
    assert parts["p"] == pytest.approx(0.9137168142, abs=5e-11)
    accuracy = score_pairs("accuracy", ours.Accuracy(()), BINARY)
    assert (round(accuracy.low, 4), round(accuracy.high, 4)) == (0.8898, 0.9277)
    assert accuracy.signature == "metric:accuracy|ci:wilson"


@settings(max_examples=25)
@given(PAIRS)
def test_averages_equal_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    answers, golds = zip(*pairs, strict=True)
    for measure, function in MEASURES.items():
        for average in ("macro", "micro", "weighted"):
            metric = getattr(ours, average.capitalize() + measure.capitalize())(LABELS)
            expected = quiet(function, golds, answers, labels=LABELS, average=average, zero_division=0)
            assert value(metric, pairs) == pytest.approx(expected), metric.signature
        metric = getattr(ours, "Class" + measure.capitalize())(LABELS)
        expected = quiet(function, golds, answers, labels=LABELS, average=None, zero_division=0)
        parts = metric.parts(metric.stats(answers, golds).sum(axis=0))
        assert list(parts) == list(LABELS)
        assert list(parts.values()) == pytest.approx(list(expected))
        lowest = min((parts[label] for label in LABELS if label in golds), default=0)
        assert value(metric, pairs) == pytest.approx(lowest)


@settings(max_examples=25)
@given(PAIRS)
def test_what_is_no_label_counts_as_a_class_of_its_own(pairs: list[tuple[str, str]]) -> None:
    answers = [answer if answer in LABELS else "no such answer" for answer, _ in pairs]
    golds = [gold if gold in LABELS else "no such gold" for _, gold in pairs]
    expected = quiet(reference.balanced_accuracy_score, golds, answers)
    assert value(ours.BalancedAccuracy(LABELS), pairs) == pytest.approx(expected)
    assert value(ours.Mcc(LABELS), pairs) == pytest.approx(quiet(reference.matthews_corrcoef, golds, answers))
    expected = quiet(reference.cohen_kappa_score, golds, answers)  # not a number where chance agrees wholly
    assert value(ours.Kappa(LABELS), pairs) == pytest.approx(0 if math.isnan(expected) else expected)
    assert value(ours.Accuracy(LABELS), pairs) == reference.accuracy_score(*zip(*pairs, strict=True))


def test_what_is_no_label_is_wrong() -> None:
    pairs = [("a", "a"), ("b", "b"), ("x", "b"), ("a", "x"), ("x", "x")]
    assert value(ours.MicroRecall(("a", "b")), pairs) == pytest.approx(2 / 3)
    assert value(ours.MicroPrecision(("a", "b")), pairs) == pytest.approx(2 / 3)
    assert value(ours.BalancedAccuracy(("a", "b")), pairs) == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_without_a_label_set_there_is_no_value_and_no_warning() -> None:
    assert len(CLOSED) == 15
    for kind in CLOSED:
        score = score_pairs("m", kind(()), {("a", "a"): 2, ("b", "a"): 1})
        assert math.isnan(score.value)
        assert "|labels:0|" in score.signature
        if hasattr(kind, "parts"):
            assert kind(()).parts(kind(()).stats(["a"], ["a"])[0]) == {}


@pytest.mark.parametrize("kind", CLOSED)
def test_the_order_of_the_labels_does_not_matter(kind) -> None:
    one, other = kind(("0", "1", "2")), kind(("2", "0", "1", "2"))
    assert one.signature == other.signature
    assert value(one, TEN) == pytest.approx(value(other, TEN))


def test_parts_of_many_sums() -> None:
    metric = ours.BalancedAccuracy(("0", "1", "2"))
    rows = metric.stats(*zip(*TEN, strict=True))
    parts = metric.parts(np.array([[1] * 10, [2] * 10]) @ rows)
    assert {label: found.shape for label, found in parts.items()} == dict.fromkeys("012", (2,))
    np.testing.assert_allclose(parts["0"], [1, 1])
    assert np.mean([found[0] for found in parts.values()]) == pytest.approx(float(metric.score(rows.sum(axis=0))))


def test_a_label_that_hits_nothing_is_the_worst_only_where_it_is_gold() -> None:
    assert value(ours.ClassF1(("a", "b", "never")), [("a", "a"), ("b", "b")]) == 1
    assert value(ours.ClassF1(("a", "b")), [("a", "a"), ("a", "b")]) == 0


def test_signatures_name_the_label_set() -> None:
    assert ours.MacroF1(("a", "b")).signature == f"metric:f1|average:macro|{label_set(('a', 'b'))}|zero:0"
    assert label_set(("a", "b")) == "labels:2|set:3554d2b8"
    assert label_set(("b", "a")) == label_set(("a", "b")) != label_set(("a,b",))
    assert label_set(("b", "a"), ordered=True) != label_set(("a", "b"), ordered=True)
    assert label_set(("\ud800",)).startswith("labels:1|set:"), "JSON can hold half a character"
