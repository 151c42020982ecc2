"""What a run compares its predictions with, block after block, and reads at its end."""

from __future__ import annotations

from collections import Counter

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.against_gold import STRANGE, AgainstGold, against_gold
from nlptasks._scoring.gold_rows import MIDDLE
from nlptasks._scoring.metrics import open_metrics
from nlptasks._tables.columns import bind
from nlptasks._tables.gold_samples import NO_GOLD
from nlptasks.plugin import TaskSpec
from nlptasks.statistics.scoring import score_pairs


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


def compared(
    registry: Registry, task: str, pairs: list[tuple[str, str]], *, labels: tuple[str, ...] = (), language: str = ""
) -> AgainstGold:
    spec = registry.get(TaskSpec, task).spec
    binding = bind(spec, [*(column.name for column in spec.inputs), "gold"], chosen={}, gold="gold", source="f")

    def open_for(code: str):
        return open_metrics(registry, spec.metrics, labels=labels, language=code)

    return against_gold(
        binding,
        Counter(pairs),
        cells={cell for _, cell in pairs},
        labels=labels,
        metrics=open_for(language),
        open_for=None if language else open_for,
    )


def test_labels_that_differ_in_case(registry):
    found = compared(registry, "classification", [("US", "US"), ("us", "us"), ("us", "Us")], labels=("US", "us"))
    assert found.pairs == {("US", "US"): 1, ("us", "us"): 1, ("us", "Us"): 1}
    assert not found.unscored
    assert compared(registry, "classification", [("US", "us")], labels=("US", "x")).pairs == {("us", "us"): 1}


def test_gold_labels_that_the_head_lacks_are_missed_as_in_an_evaluation(registry):
    found = compared(registry, "classification", [("a", "a"), ("a", "c")], labels=("a", "b"))
    assert (found.pairs, found.unscored) == ({("a", "a"): 1, ("a", "c"): 1}, {})


def test_gold_labels_of_which_the_head_gives_none_are_not_scored(registry):
    found = compared(registry, "classification", [("a", "joy"), ("b", "anger")], labels=("a", "b"))
    assert (found.pairs, found.unscored) == ({}, {STRANGE: {"joy": 1, "anger": 1}})


def test_middle_ratings_are_none_of_two_classes(registry):
    pairs = [("negative", "1"), ("positive", "6"), ("positive", "10"), ("positive", "4")]
    found = compared(registry, "sentiment", pairs, labels=("negative", "positive"))
    assert found.pairs == {("negative", "negative"): 1, ("positive", "positive"): 1, ("positive", "negative"): 1}
    assert found.unscored == {MIDDLE: {"6": 1}}
    assert "on a scale from 1 to 10" in found.notes[0]


@pytest.mark.parametrize("text", ["สวัสดีชาวโลก เพื่อนของฉัน", "昨天他被狗咬了一口", "Собака вчера укусила человека"])
@pytest.mark.parametrize("task", ["summarization", "translation"])
def test_the_script_of_the_references_tells_the_language(registry, task, text):
    found = compared(registry, task, [(text, text)])
    for name, item in found.metrics.items():
        assert score_pairs(name, item.metric, found.pairs).value == pytest.approx(item.spec.range[1])
    assert any("by the script of the references" in note for note in found.notes)


def test_a_language_that_is_said_is_taken(registry):
    found = compared(registry, "summarization", [("สวัสดี", "สวัสดี")], language="en")
    assert not found.metrics
    assert any("rouge-1 is not scored: the reference 'สวัสดี' cannot be: it has no word" in note for note in found.notes)


@pytest.mark.parametrize(
    ("task", "text", "metric"), [("translation", "der Hund", "bleu"), ("summarization", "Rain", "rouge-2")]
)
def test_references_that_are_too_short_for_a_metric_are_said(registry, task, text, metric):
    found = compared(registry, task, [(text, text)])
    assert score_pairs(metric, found.metrics[metric].metric, found.pairs).value == 0
    assert any(note.startswith(f"{metric}: ") for note in found.notes)


def test_references_that_cannot_be_read_are_said_and_end_no_run(registry):
    found = compared(registry, "translation", [("a", "['a', 'b' ... 'c']"), ("a b", "['a b', None]")])
    assert found.pairs == {("a b", '["a b"]'): 1}
    assert found.unscored[NO_GOLD] == {"['a', 'b' ... 'c']": 1}
    assert any("cut short" in note for note in found.notes)


def test_questions_without_an_answer_are_not_scored_by_the_rules_of_squad_1(registry):
    found = compared(registry, "qa", [("Rome", '{"text": []}'), ("Rome", "Rome")])
    assert found.pairs == {("Rome", '["Rome"]'): 1}
    assert found.unscored == {NO_GOLD: {'{"text": []}': 1}}
