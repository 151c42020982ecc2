"""Results of numbers that other tools computed."""

from __future__ import annotations

import pytest

from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered


@pytest.mark.parametrize(
    ("given", "low", "high", "signature"),
    [
        ({}, None, None, "x"),
        ({"error": 0.1}, 0.5 - 0.196, 0.5 + 0.196, "x|ci:1.96*stderr"),
        ({"interval": (0.4, 0.7)}, 0.4, 0.7, "x|ci:given"),
        ({"interval": (0.4, 0.7), "error": 0.1}, 0.4, 0.7, "x|ci:given"),
    ],
)
def test_where_an_interval_comes_from(given, low, high, signature):
    found = imported_result(0.5, said="x", higher_is_better=True, **given)
    assert (found.low, found.high, found.signature) == (pytest.approx(low), pytest.approx(high), signature)


@pytest.mark.parametrize(
    "metric", ["perplexity", "Word-Perplexity", "bits_per_byte", "max_ece", "WER", "word_error_rate"]
)
def test_less_is_better_by_name(metric):
    found = imported_result(0.5, said="x", metric=metric)
    assert (found.higher_is_better, found.signature) == (False, "x|direction:by-name")


@pytest.mark.parametrize("metric", ["", "acc", "terse", "lossless"])
def test_a_direction_that_nobody_says_is_marked(metric):
    found = imported_result(0.5, said="x", metric=metric)
    assert (found.higher_is_better, found.signature) == (True, "x|direction:unknown")


def test_what_the_file_says_counts():
    found = imported_result(0.5, said="x", metric="perplexity", higher_is_better=True)
    assert (found.higher_is_better, found.signature) == (True, "x")


def test_a_value_that_is_not_defined_has_no_interval():
    found = imported_result(None, said="x", error=0.1, interval=(0, 1), higher_is_better=True)
    assert (found.value, found.low, found.high, found.signature) == (None, None, None, "x")


def test_the_first_place_on_the_hub_counts():
    assert hub_dataset("a shop", "https://hf.co/datasets/org/a", "org/b") == "org/a"
    assert hub_dataset("", " org/b ") == "org/b"
    assert hub_dataset() == ""


def test_the_primary_metric_comes_first(record):
    assert [name for name, _ in ordered(record)] == ["accuracy", "macro-f1", "ter"]
