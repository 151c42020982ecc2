from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

from nlptasks.statistics.resampling import values
from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics.probabilities import BINS, Brier, Ece, LogLoss, distribution
from nlptasks_metrics.ranking import Auc, AveragePrecision

LABELS = ("a", "b", "c")

#: Some equal probabilities, since ties are where areas go wrong.
PARTS = st.lists(st.integers(1, 4), min_size=3, max_size=3)
ROWS = st.lists(st.tuples(PARTS, st.sampled_from(LABELS)), min_size=1, max_size=25)


def written(shares: np.ndarray, labels: Sequence[str] = LABELS) -> list[str]:
    return [json.dumps(dict(zip(labels, row, strict=True))) for row in shares.tolist()]


def value(metric, predictions: Sequence[str], targets: Sequence[str]) -> float:
    matrix = metric.stats(predictions, targets)
    return float(values(metric, np.ones(len(matrix)), matrix))


def drawn(rows: list[tuple[list[int], str]], width: int) -> tuple[np.ndarray, list[str]]:
    parts = np.array([row for row, _ in rows], dtype=float)[:, :width]
    return parts / parts.sum(axis=1, keepdims=True), [gold if gold in LABELS[:width] else "a" for _, gold in rows]


@settings(max_examples=40)
@given(ROWS, st.sampled_from([2, 3]))
def test_equal_to_scikit_learn(rows: list[tuple[list[int], str]], width: int) -> None:
    shares, golds = drawn(rows, width)
    labels = LABELS[:width]
    predictions = written(shares, labels)
    assert value(Brier(labels), predictions, golds) == pytest.approx(
        reference.brier_score_loss(golds, shares, labels=labels)
    )
    assert value(LogLoss(labels), predictions, golds) == pytest.approx(reference.log_loss(golds, shares, labels=labels))
    assume(len(set(golds)) == width)
    auc, precision = value(Auc(labels), predictions, golds), value(AveragePrecision(labels), predictions, golds)
    truth = np.array(golds)[:, None] == np.array(labels)
    if width == 2:
        assert auc == pytest.approx(reference.roc_auc_score(golds, shares[:, 1]))
        assert precision == pytest.approx(reference.average_precision_score(truth[:, 1], shares[:, 1]))
    else:
        assert auc == pytest.approx(reference.roc_auc_score(golds, shares, multi_class="ovr", labels=labels))
        assert precision == pytest.approx(reference.average_precision_score(truth, shares, average="macro"))


@settings(max_examples=20)
@given(ROWS, st.data())
def test_weighted_areas_equal_scikit_learns_with_sample_weights(rows, data: st.DataObject) -> None:
    shares, golds = drawn(rows, 2)
    weights = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))))
    truth = np.array(golds) == "b"
    assume((weights * truth).any() and (weights * ~truth).any())
    for metric, function in (
        (Auc(("a", "b")), reference.roc_auc_score),
        (AveragePrecision(("a", "b")), reference.average_precision_score),
    ):
        found = values(metric, weights[None], metric.stats(written(shares, ("a", "b")), golds))
        assert found == pytest.approx([function(truth, shares[:, 1], sample_weight=weights)])


def test_areas_in_blocks_and_in_one_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    shares = generator.dirichlet([1, 1, 1], 40).round(1)
    metric = Auc(LABELS)
    matrix = metric.stats(written(shares), generator.choice(LABELS, 40).tolist())
    weights = generator.multinomial(40, np.full(40, 1 / 40), size=7)
    whole = values(metric, weights, matrix)
    monkeypatch.setattr("nlptasks_metrics.ranking._CELLS", 100)
    np.testing.assert_array_equal(values(metric, weights, matrix), whole)
    assert values(metric, weights[:0], matrix).shape == (0,)


def test_the_last_of_two_labels_is_the_positive_one() -> None:
    predictions, golds = ['{"no": 0.9, "yes": 0.1}', '{"no": 0.2, "yes": 0.8}'], ["no", "yes"]
    assert value(Auc(("no", "yes")), predictions, golds) == 1
    assert (
        value(AveragePrecision(("no", "yes")), ['{"yes": 0.6}', '{"yes": 0.8}', '{"yes": 0.9}'], ["no", "yes", "no"])
        == 0.5
    )
    assert Auc(("no", "yes")).signature != Auc(("yes", "no")).signature
    assert Auc(("a", "b", "c")).signature == Auc(("c", "b", "a")).signature


def test_an_area_needs_examples_of_a_label_and_others() -> None:
    assert math.isnan(value(Auc(("a", "b")), ['{"a": 1.0}'] * 2, ["a", "a"]))
    assert math.isnan(value(Auc(()), ['{"a": 1.0}'], ["a"]))
    assert math.isnan(value(Auc(("a",)), ['{"a": 1.0}'], ["a"]))
    absent = value(Auc(LABELS), ['{"a": 0.9}', '{"b": 0.8, "a": 0.1}'], ["a", "b"])
    assert absent == 1, "a label that no example has is left out"


def test_a_sum_has_no_area_but_the_examples_have_an_interval() -> None:
    metric = Auc(("a", "b"))
    pairs = {('{"b": 0.2}', "a"): 30, ('{"b": 0.7}', "b"): 20, ('{"b": 0.4}', "b"): 9, ('{"b": 0.5}', "a"): 8}
    matrix = metric.stats([text for text, _ in pairs], [gold for _, gold in pairs])
    assert np.isnan(metric.score(matrix.sum(axis=0)))
    score = score_pairs("auc", metric, pairs)
    assert score.low < score.value < score.high
    assert score.value == pytest.approx((30 * 29 + 8 * 20) / (38 * 29))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0.5, 1), st.booleans()), min_size=1, max_size=40))
def test_ece_bins_as_scikit_learn_does(examples: list[tuple[float, bool]]) -> None:
    confidences, right = np.array([c for c, _ in examples]), np.array([r for _, r in examples])
    accuracy, confidence = (
        calibration_curve(right, confidences, n_bins=BINS) if right.any() and not right.all() else (None, None)
    )
    predictions = [json.dumps({"a": c, "b": 1 - c}) for c in confidences.tolist()]
    found = value(Ece(("a", "b")), predictions, ["a" if hit else "b" for hit in right])
    if accuracy is None:
        assert found == pytest.approx(abs(confidences - right).mean())
        return
    ends = np.linspace(0, 1, BINS + 1)
    counts = np.bincount(np.searchsorted(ends[1:-1], confidences), minlength=BINS)
    expected = (np.abs(accuracy - confidence) * counts[counts > 0]).sum() / counts.sum()
    # Half and half is a tie, which the first label wins.
    assert found == pytest.approx(expected)


def test_golden_numbers_of_ece() -> None:
    predictions = [json.dumps({"a": p, "b": 1 - p}) for p in (0.95, 0.95, 0.95, 0.95, 0.6, 0.6)]
    assert value(Ece(("a", "b")), predictions, ["a", "a", "a", "b", "a", "b"]) == pytest.approx((0.8 + 0.2) / 6)
    assert value(Ece(("b", "a")), ['{"a": 0.5, "b": 0.5}'], ["b"]) == 0.5, "the first label of the set wins a tie"
    assert Ece(("a", "b")).signature.startswith("metric:ece|bins:15|width:equal|confidence:top-label|norm:l1|labels:2|")


def test_brier_is_halved_for_two_labels() -> None:
    sure = ['{"a": 1.0}']
    assert value(Brier(("a", "b")), sure, ["b"]) == 1
    assert value(Brier(("a", "b", "c")), sure, ["b"]) == 2
    assert value(Brier(("a", "b")), sure, ["neither"]) == 1
    assert "scale:half" in Brier(("a", "b")).signature
    assert "scale:sum" in Brier(()).signature


def test_a_gold_label_without_probability_costs_what_the_clip_allows() -> None:
    assert value(LogLoss(LABELS), ['{"a": 1.0}'], ["b"]) == pytest.approx(36.0436533891)
    assert value(LogLoss(LABELS), ["{}"], ["b"]) == pytest.approx(36.0436533891)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ('{"a": 0.25}', {"a": 0.25}),
        ('{"a": 1.0, "b": 1.0}', {"a": 0.5, "b": 0.5}),
        ('{"a": 7, "b": -1}', {"a": 1.0, "b": 0.0}),
    ],
)
def test_probabilities_are_at_most_one_together(text: str, expected: dict[str, float]) -> None:
    assert distribution(text) == expected


@pytest.mark.parametrize("kind", [Brier, Ece, LogLoss, Auc, AveragePrecision])
def test_no_example_has_no_value(kind) -> None:
    metric = kind(LABELS)
    assert math.isnan(value(metric, [], []))
    assert np.isnan(metric.score(np.zeros((2, metric.stats([], []).shape[1])))).all()
