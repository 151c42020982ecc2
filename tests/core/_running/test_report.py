"""What a task's counts come to."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from nlptasks._running.report import Reporter
from nlptasks._running.tally import Tally
from nlptasks._tables.columns import bind
from nlptasks.plugin.predictions import Label


@pytest.fixture
def reporter(here, worded):
    def made(*columns: str) -> Reporter:
        head = here.load(worded).heads[0]
        binding = bind(head.task, ("text", *columns), chosen={}, gold="", source="f")
        return Reporter(registry=here.registry, head=head, binding=binding, columns=("sentiment", "sentiment_score"))

    return made


def tally(*pairs: tuple[str, str]) -> Tally:
    found = Tally(closed=True)
    found.add([Label(made, 0.5) for made, _ in pairs], cells=[cell for _, cell in pairs])
    return found


def test_scores_stand_beside_the_trivial_baseline(reporter):
    counts = tally(("positive", "positive"), ("negative", "positive"), ("positive", "pos"), ("negative", "neg"))
    report, _ = reporter("label").report(counts)
    assert (report.head, report.predicted, report.confidence) == ("acme:worded", 4, 0.5)
    assert report.labels == {"positive": 2, "negative": 2}
    accuracy = report.scores[0]
    assert (accuracy.metric, accuracy.value, accuracy.baseline, accuracy.n) == ("accuracy", 0.75, 0.75, 4)
    assert report.confusion == {
        ("positive", "positive"): 2, ("negative", "positive"): 1, ("negative", "negative"): 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "shown"),
    [
        ([("US", "us"), ("UK", "us"), ("UK", "x")], {("US", "US"): 1, ("UK", "US"): 1, ("UK", "x"): 1}),
        ([("UK", "us"), ("US", "US")], {("UK", "us"): 1, ("US", "US"): 1}),  # two gold labels stay two
    ],
)
def test_the_confusion_has_the_heads_spelling_of_labels(here, reporter, pairs, shown):
    made, task = reporter("label"), here.tasks(["classification"])[0]
    head = replace(made.head, task=task, head=SimpleNamespace(labels=("US", "UK")))
    binding = bind(task, ("text", "label"), chosen={}, gold="", source="f")
    assert replace(made, head=head, binding=binding).report(tally(*pairs))[0].confusion == shown


def test_cells_that_cannot_be_scored_are_counted_and_quoted(reporter):
    report, _ = reporter("label").report(tally(("positive", "positive"), ("positive", "x"), ("positive", "")))
    assert report.unscored["no gold answer"] == 1
    (reason,) = [reason for reason in report.unscored if "'x'" in reason]
    assert report.unscored[reason] == 1
    assert report.scores[0].n == 1


def test_without_a_gold_column_there_is_nothing_to_score(reporter):
    found = Tally(closed=True)
    found.add([Label("positive", 0.5)])
    report, notes = reporter().report(found)
    assert (report.gold, report.scores, report.confusion, report.unscored, notes) == ("", (), {}, {}, ())
    assert reporter().metrics() == {}


def test_probabilities_that_no_prediction_has_have_no_mean(reporter):
    found = Tally(closed=True)
    found.add([Label("positive", None)])
    assert replace(reporter()).report(found)[0].confidence is None
