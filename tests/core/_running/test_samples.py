"""What a system made of rows, and the samples that come of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from nlptasks._running.samples import (
    Outcome,
    golds_digest,
    inputs_digest,
    outcome,
    outcomes_of,
    samples_of,
)
from nlptasks._tables.gold_samples import Item
from nlptasks.plugin.predictions import Label, Text
from nlptasks.plugin.protocols import Example
from nlptasks.records.schema import Dataset, Model, Record

ITEM = Item(id="1", example=Example({"text": "good"}), gold="yes", text="YES", meta={"place": "x"}, twice=False)
RECORD = Record(
    task="t", primary="m", dataset=Dataset(name="d", sha256="", n=1), model=Model(name="m"), scores={}, labels=("no",)
)


def test_numbers_are_rounded_as_records_are():
    found = outcome(Label("a", 1 / 3, {"a": 1 / 3, "b": 2 / 3}), 1.23456789, unread=True, foreign=False)
    assert found.as_json() == {
        "prediction": "a", "score": 0.333333, "probabilities": {"a": 0.333333, "b": 0.666667}, "nll": 1.234568,
        "unread": True,
    }  # fmt: skip
    assert Outcome(**found.as_json()) == found
    assert outcome(None, None, unread=False, foreign=False).as_json() == {}
    assert outcome(Text("a", unfinished=True), None, unread=False, foreign=True) == Outcome(
        prediction="a", foreign=True, unfinished=True
    )


def test_probabilities_are_those_of_any_prediction_that_has_them():
    made = SimpleNamespace(canonical="3", score=0.25, scores={"3": 0.25})
    assert outcome(made, None, unread=False, foreign=False).probabilities == {"3": 0.25}


@pytest.mark.parametrize(
    "wrong", [{"score": float("nan")}, {"score": "0.5"}, {"unread": 1}, {"more": 1}, {"nll": float("inf")}]
)
def test_a_journal_that_holds_something_else_is_refused(wrong):
    with pytest.raises(ValueError, match="validation error"):
        Outcome(**wrong)


@pytest.mark.parametrize(
    ("made", "twice", "flags"),
    [
        (Outcome(prediction="yes"), False, ()),
        (Outcome(), False, ("missing",)),
        (Outcome(prediction=" "), False, ("empty", "invalid_label")),
        (Outcome(prediction="maybe", unread=True), True, ("truncated_input", "invalid_label", "duplicate_id")),
        (Outcome(prediction="no", foreign=True, unfinished=True), False, ("truncated_output", "foreign_input")),
    ],
)
def test_what_is_noted_about_a_sample(made, twice, flags):
    (sample,) = samples_of([replace(ITEM, twice=twice)], [made], ("no", "yes"))
    assert sample.flags == flags
    assert (sample.id, sample.gold, sample.inputs, sample.meta) == ("1", "yes", {"text": "good"}, {"place": "x"})


def test_labels_are_spelt_as_the_data_spell_them():
    (sample,) = samples_of([ITEM], [Outcome(prediction="Yes", probabilities={"YES": 1.0})], ("no", "yes"))
    assert (sample.prediction, sample.probabilities) == ("yes", {"yes": 1.0})


def test_a_record_gives_its_outcomes_back_unless_only_hashes_are_there():
    made = Outcome(prediction="no", score=0.5, unread=True, foreign=True, unfinished=True)
    samples = list(samples_of([ITEM], [made], ("no", "yes")))
    assert outcomes_of(RECORD, samples) == [made]
    assert outcomes_of(replace(RECORD, withheld=True), samples) == [made]
    assert outcomes_of(replace(RECORD, withheld=True, labels=()), samples) is None


def test_digests_follow_what_is_read():
    other = replace(ITEM, example=Example({"text": "bad"}))
    assert inputs_digest([ITEM]) != inputs_digest([other]) != inputs_digest([other, ITEM])
    assert inputs_digest([ITEM]) == inputs_digest([replace(ITEM, gold="no", id="2", text="x")])
    assert golds_digest([ITEM]) == golds_digest([other]) != golds_digest([replace(ITEM, text="yes")])
