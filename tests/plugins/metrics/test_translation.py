from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.scoring import score_pairs
from nlptasks_metrics.translation import Bleu, Chrf

# The example of sacrebleu's own documentation and tests.
HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
TARGETS = [
    json.dumps(pair)
    for pair in (
        ("The dog bit the man.", "The dog had bit the man."),
        ("It was not unexpected.", "No one was surprised."),
        ("The man bit him first.", "The man had bitten the dog."),
    )
]

WORDS = ["the", "dog", "bit", "a", "man", ",", "him", ".", "Größe"]
SENTENCE = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
ROWS = st.lists(st.tuples(SENTENCE, st.lists(SENTENCE, min_size=1, max_size=3)), min_size=1, max_size=6)
METRICS = pytest.mark.parametrize("metric", [Bleu(()), Chrf(())], ids=["bleu", "chrf"])

Rows = list[tuple[str, list[str]]]


def total(metric: Bleu | Chrf, rows: Rows) -> np.ndarray:
    return metric.stats([row[0] for row in rows], [json.dumps(row[1]) for row in rows]).sum(axis=0)


def corpus(metric: Bleu | Chrf, predictions: Sequence[str], targets: Sequence[str]) -> float:
    return float(metric.score(metric.stats(predictions, targets).sum(axis=0)))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Bleu(()), 48.530827),
        (Bleu((), tokenize="none"), 49.191957),
        (Bleu((), tokenize="intl"), 43.916235),
        (Bleu((), tokenize="char"), 72.610642),
        (Chrf(()), 59.727518),
        (Chrf((), word_order=2), 59.153104),
    ],
)
def test_golden_numbers_of_sacrebleu(metric: Bleu | Chrf, expected: float) -> None:
    assert corpus(metric, HYPOTHESES, TARGETS) == pytest.approx(expected, abs=5e-7)


@settings(max_examples=60)
@given(ROWS)
def test_equal_to_sacrebleus_corpus_scores_with_any_number_of_references(rows: Rows) -> None:
    predictions = [prediction for prediction, _ in rows]
    streams = list(zip_longest(*(golds for _, golds in rows)))
    bleu, chrf = Bleu(()), Chrf(())
    assert bleu.score(total(bleu, rows)) == sacrebleu.BLEU().corpus_score(predictions, streams).score
    assert chrf.score(total(chrf, rows)) == sacrebleu.CHRF().corpus_score(predictions, streams).score


@settings(max_examples=60)
@given(st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=6))
def test_equal_to_sacrebleus_functions_with_one_reference(pairs: list[tuple[str, str]]) -> None:
    predictions, targets = map(list, zip(*pairs, strict=True))
    assert corpus(Bleu(()), predictions, targets) == sacrebleu.corpus_bleu(predictions, [targets]).score
    assert corpus(Chrf(()), predictions, targets) == sacrebleu.corpus_chrf(predictions, [targets]).score


@METRICS
@settings(max_examples=40)
@given(ROWS, ROWS)
def test_statistics_add_up_in_any_order(metric: Bleu | Chrf, one: Rows, other: Rows) -> None:
    np.testing.assert_array_equal(total(metric, one) + total(metric, other), total(metric, [*other, *reversed(one)]))
    assert 0 <= metric.score(total(metric, one)) <= 100 + 1e-9


@METRICS
def test_perfect_translations_score_a_hundred(metric: Bleu | Chrf) -> None:
    assert corpus(metric, HYPOTHESES, HYPOTHESES) == pytest.approx(100)


@METRICS
@pytest.mark.parametrize(("prediction", "target"), [("", "A dog runs."), ("A dog runs.", ""), ("", "")])
def test_nothing_scores_zero(metric: Bleu | Chrf, prediction: str, target: str) -> None:
    assert corpus(metric, [prediction], [target]) == 0


@METRICS
def test_no_row_has_statistics_of_the_same_width(metric: Bleu | Chrf) -> None:
    empty = metric.stats([], [])
    assert empty.shape == (0, metric.stats(["a"], ["a"]).shape[1])
    assert metric.score(empty.sum(axis=0)) == 0


@METRICS
def test_a_prediction_without_target_is_an_error(metric: Bleu | Chrf) -> None:
    with pytest.raises(ValueError, match="2 predictions for 1 targets"):
        metric.stats(["a", "b"], ["a"])


def test_signatures_are_sacrebleus_and_count_the_references() -> None:
    version = sacrebleu.__version__
    bleu = Bleu(())
    assert bleu.signature == f"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{version}"
    bleu.stats(HYPOTHESES, TARGETS)
    assert bleu.signature.startswith("nrefs:2|")
    bleu.stats(["a"], ["a"])
    assert bleu.signature.startswith("nrefs:var|")
    assert Chrf(()).signature == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:{version}"


@METRICS
def test_two_thousand_sums_are_scored_within_a_second(metric: Bleu | Chrf) -> None:
    sums = np.broadcast_to(
        metric.stats(HYPOTHESES, TARGETS).sum(axis=0), (10, 200, metric.stats(["a"], ["a"]).shape[1])
    )
    start = time.perf_counter()
    values = metric.score(sums)
    assert time.perf_counter() - start < 1
    assert values.shape == (10, 200)
    assert np.all(values == corpus(metric, HYPOTHESES, TARGETS))


@METRICS
def test_the_bootstrap_holds_the_value(metric: Bleu | Chrf) -> None:
    score = score_pairs("m", metric, dict.fromkeys(zip(HYPOTHESES, TARGETS, strict=True), 2))
    assert 0 <= score.low <= score.value <= score.high <= 100 + 1e-9
    assert score.n == 6
