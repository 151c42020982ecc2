from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from nlptasks._names import resolve
from nlptasks.plugin import LIKELIHOOD, MetricSpec
from nlptasks_metrics import nlptasks_metrics
from nlptasks_metrics.summaries import Rouge1, Rouge2, RougeLsum

Rouge = Rouge1 | Rouge2 | RougeLsum

KINDS = {"rouge1": Rouge1(()), "rouge2": Rouge2(()), "rougeLsum": RougeLsum(())}
METRICS = pytest.mark.parametrize("metric", KINDS.values(), ids=KINDS)
TEXT = st.lists(st.sampled_from(["cities", "city", "running", "runs", "the", "\n", "ü"]), max_size=8).map(" ".join)
PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6)


def value(metric: Rouge, prediction: str, *references: str) -> float:
    return float(metric.score(metric.stats([prediction], [json.dumps(references)])[0]))


def total(metric: Rouge, pairs: list[tuple[str, str]]) -> np.ndarray:
    return metric.stats(*zip(*pairs, strict=True)).sum(axis=0)


def test_golden_numbers_of_rouge() -> None:
    one, other = "alpha beta gamma", "delta epsilon zeta"
    assert value(RougeLsum(()), f"{one}\n{other}", f"{other}\n{one}") == 1
    assert value(RougeLsum(()), f"{one} {other}", f"{other} {one}") == 0.5  # without newlines Lsum is rougeL
    assert value(Rouge1(()), "cities running", "city runs") == 1
    assert value(Rouge2(()), "cities running", "city runs") == 1


@settings(max_examples=40)
@given(PAIRS)
def test_equal_to_the_mean_of_rouge_score(pairs: list[tuple[str, str]]) -> None:
    scorer = RougeScorer(list(KINDS), use_stemmer=True)
    scores = [scorer.score(target, prediction) for prediction, target in pairs]
    for kind, metric in KINDS.items():
        expected = np.mean([score[kind].fmeasure for score in scores])
        assert metric.score(total(metric, pairs)) == pytest.approx(expected, abs=1e-12)


@METRICS
@settings(max_examples=25)
@given(PAIRS, PAIRS)
def test_statistics_add_up_in_any_order(
    metric: Rouge, one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    np.testing.assert_allclose(total(metric, one) + total(metric, other), total(metric, [*other, *reversed(one)]))
    assert 0 <= metric.score(total(metric, one)) <= 1


@METRICS
def test_the_best_of_several_references_counts(metric: Rouge) -> None:
    assert value(metric, "The bridge is open.", "Nothing.", "The bridge is open!") == 1


@METRICS
@pytest.mark.parametrize("prediction", ["", "\n", "大桥重新开放"])
def test_a_summary_without_words_scores_zero(metric: Rouge, prediction: str) -> None:
    assert value(metric, prediction, "The bridge is open.") == 0
    assert value(metric, prediction, prediction) == 0


@METRICS
def test_the_signature_names_the_library(metric: Rouge) -> None:
    assert metric.signature == "stem:yes|lsum:newline|tok:ascii|agg:mean|lib:rouge-score|version:0.1.2"


@pytest.mark.parametrize("spec", nlptasks_metrics(), ids=lambda spec: spec.name)
def test_the_best_answer_reaches_the_best_end_of_every_metrics_range(spec: MetricSpec) -> None:
    text = "A dog runs across the grass."
    metric = resolve(spec.object)((text,))
    best_answer = "0.0" if spec.reads == LIKELIHOOD else text  # nats of a text that is certain
    best = metric.score(metric.stats([best_answer] * 2, [text, text]).sum(axis=0))
    assert best == pytest.approx(spec.range[1] if spec.higher_is_better else spec.range[0])
