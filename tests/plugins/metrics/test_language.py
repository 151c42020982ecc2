from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks._cli.describe import as_json
from nlptasks._registry import Owned
from nlptasks.scoring import score_pairs
from nlptasks_metrics import nlptasks_metrics
from nlptasks_metrics.language import BitsPerByte, Distinct2

WORDS = st.lists(st.sampled_from(["a", "B", "b", "\n", "ü"]), max_size=8).map(" ".join)
NATS = st.floats(0, 1e4).map(repr)
LIKELY = st.lists(st.tuples(NATS, st.text(min_size=1, max_size=9)), min_size=1, max_size=8)


def bits(*pairs: tuple[float, str]) -> float:
    metric = BitsPerByte(())
    stats = metric.stats([repr(nats) for nats, _ in pairs], [text for _, text in pairs])
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
    parts = metric.stats([nats for nats, _ in pairs], [text for _, text in pairs])
    assert parts.shape == (len(pairs), 2)
    total = sum(float(nats) for nats, _ in pairs)
    size = sum(len(text.encode()) for _, text in pairs)
    assert metric.score(parts.sum(axis=0)) == pytest.approx(total / size / math.log(2))


@settings(max_examples=50)
@given(st.lists(WORDS, min_size=1, max_size=8))
def test_distinct_2_is_a_share_in_any_order(answers: list[str]) -> None:
    assert 0 <= distinct(*answers) <= 1
    assert distinct(*answers) == pytest.approx(distinct(*reversed(answers)))


@pytest.mark.parametrize("metric", [BitsPerByte(()), Distinct2(())], ids=["bits-per-byte", "distinct-2"])
def test_no_text_and_many_sums(metric: BitsPerByte | Distinct2) -> None:
    assert metric.stats([], []).shape == (0, 2)
    sums = np.array([[[1.0, 2.0], [0.0, 2.0]], [[2.0, 2.0], [0.0, 0.0]]])
    assert metric.score(sums).shape == (2, 2)
    assert metric.score(sums)[1, 1] == 0


def test_both_have_bootstrap_intervals() -> None:
    score = score_pairs("bits-per-byte", BitsPerByte(()), {("2.0", "ab"): 3, ("1.0", "abcd"): 1})
    assert score.low <= score.value <= score.high
    assert score.signature.startswith("metric:bits-per-byte|encoding:utf-8|ci:bootstrap")
    assert score_pairs("distinct-2", Distinct2(()), {("a b", "x"): 1}).value == 1


def test_counts_must_match() -> None:
    with pytest.raises(ValueError, match="argument"):
        BitsPerByte(()).stats(["1.0"], [])
    with pytest.raises(ValueError, match="argument"):
        Distinct2(()).stats(["a b"], [])


def test_a_range_without_an_end_is_valid_json() -> None:
    spec = next(spec for spec in nlptasks_metrics() if spec.name == "bits-per-byte")
    assert spec.range == (0, math.inf)
    shown = json.dumps(as_json(Owned(spec, "metrics", "nlptasks")), allow_nan=False)
    assert json.loads(shown)["range"] == [0, None]
