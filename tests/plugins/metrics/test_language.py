from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._cli.views.describe import as_json
from nlptasks._plugins.registry import Owned
from nlptasks.statistics.scoring import score_pairs
from nlptasks_metrics import nlptasks_metrics
from nlptasks_metrics.language import BitsPerByte, Distinct1, Distinct2, Perplexity, Repetition

NLL = st.floats(0, 1e4).map(repr)
LIKELY = st.lists(st.tuples(NLL, st.text(min_size=1, max_size=9)), min_size=1, max_size=8)


def bits(*pairs: tuple[float, str]) -> float:
    metric = BitsPerByte(())
    stats = metric.stats([repr(nll) for nll, _ in pairs], [text for _, text in pairs])
    return float(metric.score(stats.sum(axis=0)))


def distinct(*answers: str) -> float:
    metric = Distinct2(())
    return float(metric.score(metric.stats(answers, [""] * len(answers)).sum(axis=0)))


def test_golden_numbers_of_bits_per_byte() -> None:
    # One of 256 bytes, each as probable as the others, takes 8 bits; "ü" has two bytes.
    assert bits((3 * math.log(256), "abc")) == pytest.approx(8)
    assert bits((2 * math.log(2), "ü")) == pytest.approx(1)
    assert bits((math.log(2), "a"), (0.0, "bcd")) == pytest.approx(0.25)


def test_golden_numbers_of_distinct_2() -> None:
    assert distinct("to be or not to be") == pytest.approx(4 / 5)
    assert distinct("a a a a a") == pytest.approx(1 / 4)
    assert distinct("A b\na B") == pytest.approx(2 / 3)
    assert distinct("one two", "word", "") == 1, "an answer without a pair does not count"
    assert distinct("word", "") == 0


@settings(max_examples=50)
@given(LIKELY)
def test_texts_in_pieces_or_whole_have_the_same_bits(pairs: list[tuple[str, str]]) -> None:
    metric = BitsPerByte(())
    parts = metric.stats([nll for nll, _ in pairs], [text for _, text in pairs])
    assert parts.shape == (len(pairs), 2)
    total = sum(float(nll) for nll, _ in pairs)
    size = sum(len(text.encode()) for _, text in pairs)
    assert metric.score(parts.sum(axis=0)) == pytest.approx(total / size / math.log(2))


def of(metric: Distinct1 | Repetition, *answers: str) -> float:
    return float(metric.score(metric.stats(answers, [""] * len(answers)).sum(axis=0)))


def test_golden_numbers_of_distinct_1_and_repetition() -> None:
    assert of(Distinct1(()), "to be or not to be") == pytest.approx(4 / 6)
    assert of(Distinct1(()), "a A", "", "b c") == pytest.approx(3 / 4)
    assert of(Repetition(()), "a b c d e") == 0
    assert of(Repetition(()), "on and on and on and on") == 1 / 2
    assert of(Repetition(()), "x x x x x x", "too short here", "one two three four") == pytest.approx((2 / 3 + 0) / 2)


def test_golden_numbers_of_perplexity() -> None:
    def perplexity(*pairs: tuple[float, str]) -> float:
        metric = Perplexity(())
        rows = metric.stats([repr(nll) for nll, _ in pairs], [text for _, text in pairs])
        return float(metric.score(rows.sum(axis=0)))

    # Words of which each is one of ten equally probable ones.
    assert perplexity((3 * math.log(10), "one two\tthree")) == pytest.approx(10)
    assert perplexity((math.log(16), "a"), (0.0, "b"), (0.0, "c d")) == pytest.approx(2)
    assert perplexity((1e9, "a")) == math.inf
    assert math.isnan(perplexity((1.0, " ")))


@settings(max_examples=50)
@given(st.lists(st.sampled_from("abc"), min_size=4, max_size=30))
def test_repetition_is_one_less_the_share_of_different_runs(words: list[str]) -> None:
    runs = [" ".join(words[at : at + 4]) for at in range(len(words) - 3)]
    assert of(Repetition(()), " ".join(words)) == pytest.approx(1 - len(set(runs)) / len(runs))


def test_no_text_has_no_likelihood() -> None:
    for metric in (BitsPerByte(()), Perplexity(())):
        assert np.isnan(metric.score(np.zeros((3, 2)))).all()


def test_both_have_intervals() -> None:
    score = score_pairs("bits-per-byte", BitsPerByte(()), {("2.0", "ab"): 3, ("1.0", "abcd"): 1})
    assert score.low <= score.value <= score.high
    assert score.signature.startswith("metric:bits-per-byte|encoding:utf-8|ci:hall-t|se:jackknife")
    assert score_pairs("distinct-2", Distinct2(()), {("a b", "x"): 1}).value == 1


def test_a_range_without_an_end_is_valid_json() -> None:
    spec = next(spec for spec in nlptasks_metrics() if spec.name == "bits-per-byte")
    assert spec.range == (0, math.inf)
    shown = json.dumps(as_json(Owned(spec, "metrics", "nlptasks")), allow_nan=False)
    assert json.loads(shown)["range"] == [0, None]
