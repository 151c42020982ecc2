"""Predictions of a file, joined with gold answers and scored. The many ways to join: ``test_rescore.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.core._scoring.asked import file_request

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.rescore_file import FileScored, score_file
from nlptasks._settings.groups import TableSource
from nlptasks.errors import UsageError
from nlptasks.records.schema import Dataset
from nlptasks_tasks.sentiment import SPEC as TASK

ROWS = "id,text,label,prediction\na,x,positive,positive\nb,y,negative,positive\nc,z,positive,Positive\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def score(registry: Registry, tmp_path: Path) -> Any:
    def scored(text: str = ROWS, **more: Any) -> FileScored:
        (tmp_path / "mine.csv").write_text(text)
        return score_file(registry, file_request(tmp_path / "mine.csv", TASK, **more))

    return scored


def test_a_record_of_somebody_elses_predictions(score):
    done = score(argv=("nlptasks", "rescore", "mine.csv"), metrics=("kappa",))
    record = done.record
    assert record.scores["accuracy"].value == pytest.approx(2 / 3)
    assert "kappa" in record.scores
    assert (record.model.name, record.model.head) == ("mine", "")
    assert (record.dataset.name, record.dataset.n, done.covered) == ("mine", 3, 3)
    assert record.run.argv == ("nlptasks", "rescore", "mine.csv")
    assert [sample.prediction for sample in done.samples] == ["positive"] * 3
    assert done.notes[0] == "predictions: column 'prediction'; gold answers: column 'label'"


def test_what_is_known_of_the_data_is_on_the_record(score):
    known = Dataset(name="films", benchmark="mine 1", sha256="", n=0, language="en", licence="CC0")
    dataset = score(dataset=known, name="theirs").record.dataset
    assert (dataset.name, dataset.benchmark, dataset.licence, dataset.n) == ("films", "mine 1", "CC0", 3)
    assert len(dataset.sha256) == 64


def test_texts_that_are_withheld(score):
    done = score(withhold_texts=True)
    assert done.record.withheld
    assert all(sample.inputs == {} for sample in done.samples)
    assert done.record.scores["accuracy"].value == pytest.approx(2 / 3)


def test_what_is_missing_is_refused_or_counted(score, tmp_path):
    (tmp_path / "gold.csv").write_text("id,text,label\na,x,positive\nb,y,negative\n")
    source = TableSource(data=str(tmp_path / "gold.csv"))
    with pytest.raises(UsageError, match="1 of 2 rows have no prediction: b"):
        score("id,prediction\na,positive\n", source=source)
    done = score("id,prediction\na,positive\n", source=source, partial=True)
    assert (done.covered, len(done.samples), done.record.flags["missing"]) == (1, 2, 1)
