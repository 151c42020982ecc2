"""Records are held against the data that a benchmark pins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.pinned import PinnedData
from nlptasks.errors import NlptasksError
from nlptasks.records.digests import withhold
from nlptasks.records.schema import Dataset, Model, Record, Result, Sample
from nlptasks.records.suites import Card, Suite

ROWS = [("r1", "good", "positive"), ("r2", "bad", "negative"), ("r3", "fine", "positive")]
LABELS = ("negative", "positive")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def pinned(registry: Registry, tmp_path: Path) -> PinnedData:
    content = "id,text,label\n" + "".join(f"{id_},{text},{label}\n" for id_, text, label in ROWS)
    (tmp_path / "reviews.csv").write_text(content)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    card = Card(name="reviews", task="sentiment", file="reviews.csv", sha256=sha256, id="id")
    suite = Suite(name="mine", summary="", version="1", datasets=(card,), ships=True, folder=tmp_path)
    return PinnedData(registry=registry, suites=(suite,))


@pytest.fixture
def record(pinned: PinnedData) -> Record:
    return Record(
        task="sentiment",
        primary="accuracy",
        dataset=Dataset(name="reviews", sha256=pinned.suites[0].datasets[0].sha256, n=3),
        model=Model(name="m"),
        scores={"accuracy": Result(value=1.0, n=3, signature="s")},
        labels=LABELS,
    )


def samples() -> list[Sample]:
    return [Sample(id=id_, inputs={"text": text}, gold=label, prediction="positive") for id_, text, label in ROWS]


def test_the_data_themselves(pinned: PinnedData, record: Record) -> None:
    assert list(pinned.complaints(record, samples())) == []
    hidden = withhold(samples(), LABELS)
    assert list(pinned.complaints(replace(record, withheld=True), hidden)) == []
    assert [item.inputs for item in pinned.restored(record, hidden)] == [{"text": text} for _, text, _ in ROWS]


Change = Callable[[list[Sample]], list[Sample]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda held: [replace(held[0], inputs={"text": "bad"}), *held[1:]], "inputs of 1 is not what"),
        (lambda held: [held[0], replace(held[1], gold="positive"), held[2]], "gold of 1 is not what"),
        (lambda held: held[:2], "1 rows of the benchmark's data are missing (r3)"),
        (lambda held: [*held, replace(held[0], id="r9")], "1 are no rows of the benchmark's data (r9)"),
        (lambda held: held[::-1], "in another order"),
    ],
)
def test_what_was_changed(pinned: PinnedData, record: Record, change: Change, said: str) -> None:
    assert any(said in line for line in pinned.complaints(record, change(samples())))


def test_other_data_of_that_name(pinned: PinnedData, record: Record) -> None:
    other = replace(record, dataset=replace(record.dataset, sha256="ff" * 32))
    (line,) = pinned.complaints(other, samples())
    assert line.startswith("dataset.sha256: it says ffffffffffff")


def test_a_data_set_that_no_benchmark_has(pinned: PinnedData, record: Record) -> None:
    other = replace(record, dataset=replace(record.dataset, name="films"))
    assert list(pinned.complaints(other, samples())) == []
    assert pinned.samples(other) is None
    with pytest.raises(NlptasksError, match="has the data set 'films'"):
        pinned.restored(other, samples())
