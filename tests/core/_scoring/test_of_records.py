"""Records scored anew, compared, sliced and searched by plain functions, from paths or as they were read."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._cli.app import App
from nlptasks._plugins.registry import Registry
from nlptasks._scoring import of_records
from nlptasks._scoring.metrics import matrices, open_metrics
from nlptasks._scoring.results import result
from nlptasks.errors import UsageError
from nlptasks.records.schema import Dataset, Model, Record, Sample
from nlptasks.records.store import read_record, write_record

LABELS = ("no", "yes")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App().plugins().registry


@pytest.fixture
def two(tmp_path: Path, registry: Registry) -> list[Path]:
    """Records of two systems, of which the second is right more often."""
    metrics = open_metrics(registry, ("accuracy",), labels=LABELS)
    for name, wrong in (("old", 20), ("new", 3)):
        golds = [LABELS[at % 2] for at in range(60)]
        samples = [
            Sample(id=str(at), gold=gold, prediction=LABELS[1 - LABELS.index(gold)] if at < wrong else gold)
            for at, gold in enumerate(golds)
        ]
        stats = matrices(metrics, samples)
        record = Record(
            task="sentiment",
            primary="accuracy",
            dataset=Dataset(name="films", sha256="0" * 64, n=60),
            model=Model(name=name),
            labels=LABELS,
            scores={"accuracy": result(metrics["accuracy"], stats["accuracy"], 60)},
        )
        write_record(tmp_path / name, record, samples, stats)
    return [tmp_path / "old", tmp_path / "new"]


def test_paths_and_records_that_were_read_give_the_same(registry: Registry, two: list[Path]) -> None:
    by_path = of_records.compare(registry, *two)
    by_record = of_records.compare(registry, *map(read_record, two))
    assert by_path.comparisons == by_record.comparisons
    assert by_path.comparisons[0].verdict == "better"
    assert of_records.compare(registry, *map(str, two), metrics=["accuracy"]).comparisons == by_path.comparisons


def test_a_record_is_scored_anew_and_written_where_asked(registry: Registry, two: list[Path], tmp_path: Path) -> None:
    done = of_records.rescore(registry, two[0])
    assert (done.differs, done.written, done.record.scores) == (False, None, done.old.record.scores)
    more = of_records.rescore(registry, two[0], metrics=["kappa"], output=tmp_path / "more")
    assert set(read_record(tmp_path / "more").record.scores) == {"accuracy", "kappa"}
    assert more.written == tmp_path / "more"
    with pytest.raises(UsageError, match="exists already"):
        of_records.rescore(registry, two[0], output=two[1])
    with pytest.raises(UsageError, match="kapa"):
        of_records.rescore(registry, two[0], metrics=["kapa"])


def test_parts_and_errors(registry: Registry, two: list[Path]) -> None:
    parts = of_records.slice_record(registry, two[1], ["label"])
    assert {name: item["accuracy"].n for name, item in parts["label"].items()} == {"no": 30, "yes": 30}
    found = of_records.errors(registry, *two, n=5)
    assert (found.found, len(found.errors), found.systems) == (20, 5, ("old", "new"))
