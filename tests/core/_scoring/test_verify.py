"""Whether the numbers of a record follow from its samples. Every field: ``test_rescore.py``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.score import score_samples
from nlptasks._scoring.verify import level_here, verify_scores
from nlptasks.records.digests import withhold
from nlptasks.records.schema import Dataset, Model, Record, Sample
from nlptasks.records.store import StoredRecord

LABELS = ("a", "b")
SAMPLES = tuple(
    Sample(id=str(at), inputs={"text": "x"}, gold=LABELS[at % 2], prediction="a", flags=("empty",) if at == 3 else ())
    for at in range(6)
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture(scope="module")
def honest(registry: Registry) -> StoredRecord:
    scored = score_samples(registry, ("accuracy", "macro-f1"), SAMPLES, labels=LABELS)
    record = Record(
        task="sentiment", primary="accuracy", dataset=Dataset(name="d", sha256="", n=6), model=Model(name="m"),
        scores=scored.scores, labels=LABELS, flags={"empty": 1},
    )  # fmt: skip
    return StoredRecord(Path("mine"), record, SAMPLES, scored.stats)


def changed(opened: StoredRecord, **fields: object) -> StoredRecord:
    return replace(opened, record=replace(opened.record, **fields))


def test_an_honest_record_holds(registry, honest):
    assert verify_scores(honest, registry) == []


def test_counts_that_the_samples_do_not_give(registry, honest):
    wrong = changed(honest, primary="bleu", flags={"missing": 2}, dataset=Dataset(name="d", sha256="", n=7))
    assert verify_scores(wrong, registry)[:4] == [
        "dataset.n: it says 7, and it holds 6 samples",
        "primary: it says 'bleu', which is not among its scores",
        "flags.missing: it says 2, and 0 samples have it",
        "flags.empty: it says 0, and 1 samples have it",
    ]


def test_matrices_and_values(registry, honest):
    stats = {**honest.stats, "accuracy": honest.stats["accuracy"].copy()}
    stats["accuracy"][[1, 3], 0] += 1
    assert verify_scores(replace(honest, stats=stats), registry) == [
        "stats.accuracy: row 2 and 1 more is not what the sample gives"
    ]
    scores = {**honest.record.scores, "accuracy": replace(honest.record.scores["accuracy"], value=0.9, n=5)}
    assert verify_scores(changed(honest, scores=scores), registry) == [
        "scores.accuracy.value: it says 0.9, and its samples give 0.5",
        "scores.accuracy.n: it says 5, and its samples give 6",
    ]


def test_an_interval_that_was_made_otherwise(registry, honest):
    here = honest.record.scores["macro-f1"]
    old = replace(here, signature=here.signature.partition("|ci:")[0] + "|ci:bootstrap", low=0.1, high=0.9)
    (said,) = verify_scores(changed(honest, scores={**honest.record.scores, "macro-f1": old}), registry)
    assert said.startswith("scores.macro-f1: its interval was made otherwise (ci:bootstrap) than the installed metric")
    assert said.endswith("'nlptasks rescore RECORD --output RECORD --force' makes it anew")
    both = verify_scores(
        changed(honest, scores={**honest.record.scores, "macro-f1": replace(old, value=0.9)}), registry
    )
    assert both == [said, f"scores.macro-f1.value: it says 0.9, and its samples give {here.value}"]


def test_without_samples_there_is_nothing_to_hold(registry, honest):
    bare = changed(replace(honest, samples=(), stats={}), digests={})
    assert verify_scores(bare, registry) == []
    assert level_here(bare.record) == "V0"
    assert level_here(honest.record) == ("V1" if honest.record.digests else "V0")


def test_where_texts_are_withheld_values_follow_from_matrices(registry, honest):
    hidden = tuple(withhold(honest.samples, ()))
    opened = replace(changed(honest, withheld=True, labels=()), samples=hidden)
    only = {"accuracy": opened.record.scores["accuracy"]}
    opened = replace(changed(opened, scores=only), stats={"accuracy": opened.stats["accuracy"]})
    assert verify_scores(opened, registry) == []
    assert verify_scores(replace(opened, stats={}), registry) == ["stats.accuracy: there is no matrix"]
