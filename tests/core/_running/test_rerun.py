"""Samples of a record, predicted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._running.facts import model_of
from nlptasks._running.rerun import rerun
from nlptasks.errors import DataError, UsageError
from nlptasks.records.schema import Dataset, Record, Sample
from nlptasks.records.store import StoredRecord

TEXTS = {"good": "positive", "bad": "negative", "so good": "positive", "fine": "negative"}


@pytest.fixture
def opened(here, worded) -> StoredRecord:
    """The record of the head that needs no model."""
    record = Record(
        task="sentiment",
        primary="accuracy",
        dataset=Dataset(name="x", sha256="", n=len(TEXTS)),
        model=model_of(worded, here.load(worded), ""),
        scores={},
        labels=("negative", "positive"),
    )
    samples = tuple(
        Sample(id=f"s{at}", inputs={"text": text}, gold="positive", prediction=label, score=0.75)
        for at, (text, label) in enumerate(TEXTS.items())
    )
    return StoredRecord(Path("mine"), record, samples, {})


@pytest.mark.parametrize(("count", "predicted", "trust"), [(2, 2, "V0"), (4, 4, "V3"), (99, 4, "V3")])
def test_some_or_all_come_out_the_same(here, opened, count, predicted, trust):
    done = rerun(here, opened, count)
    assert (done.predicted, done.mismatches, done.trust) == (predicted, (), trust)


def test_what_comes_out_otherwise_is_quoted(here, opened):
    first, second, *others = opened.samples
    changed = (replace(first, prediction="negative"), replace(second, score=0.9), *others)
    done = rerun(here, replace(opened, samples=changed), 99)
    assert done.trust == "V0"
    assert done.mismatches == (
        "sample s0: it has 'negative', and the weights predict 'positive'",
        "sample s1: its score is 0.900000, and the weights give 0.750000",
    )


def test_other_weights_are_not_asked(here, opened):
    record = replace(opened.record, model=replace(opened.record.model, weights="ab" * 32))
    done = rerun(here, replace(opened, record=record), 99)
    assert (done.predicted, done.trust) == (0, "V0")
    assert done.mismatches == ("model.weights: it has abababababababab, and what is installed none",)


def test_what_cannot_be_made_again(here, opened):
    with pytest.raises(UsageError, match="its predictions were made elsewhere"):
        rerun(here, replace(opened, samples=()), 1)
    with pytest.raises(UsageError, match="the texts of its data are withheld"):
        rerun(here, replace(opened, record=replace(opened.record, withheld=True)), 1)


def test_a_sample_that_lacks_what_the_task_reads_is_named(here, opened):
    damaged = replace(opened.samples[1], inputs={"document": "bad"})
    with pytest.raises(DataError, match="mine: the sample 's1' has no 'text', which 'sentiment' reads"):
        rerun(here, replace(opened, samples=(opened.samples[0], damaged)), 99)
