"""Predictions that anybody's system wrote. How they are scored: ``test_rescore.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.core._scoring.asked import file_request

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.prediction_file import FilePrediction, PredictionFile, read_predictions
from nlptasks._settings.groups import TableSource
from nlptasks.errors import DataError, UsageError
from nlptasks_tasks.sentiment import SPEC as TASK


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def read(registry: Registry, tmp_path: Path) -> Any:
    def found(text: str, *, name: str = "p.csv", source: TableSource | None = None, **more: Any) -> PredictionFile:
        (tmp_path / name).write_text(text)
        request = file_request(tmp_path / name, TASK, source=source or TableSource(), **more)
        return read_predictions(registry, request)

    return found


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        (("id", "text", "prediction"), "prediction"),
        (("sentiment", "predicted_sentiment"), "predicted_sentiment"),
        (("label", "sentiment"), "sentiment"),
        (("Pred", "sentiment"), "Pred"),
        (("answer", "sentiment"), "sentiment"),
    ],
)
def test_the_column_is_found_by_its_name(read, columns, column):
    row = ",".join("x" for _ in columns)
    assert read(f"{','.join(columns)}\n{row}\n").column == column


def test_probabilities_and_likelihoods_stand_beside(read):
    found = read("id,prediction,prediction_score,nll\na,x,0.12345678,2\nb,y,,\n")
    assert (found.id, found.score, found.nll, found.rows) == ("id", "prediction_score", "nll", 2)
    assert found.answers == {"a": FilePrediction("x", 0.123457, 2.0), "b": FilePrediction("y")}


def test_the_first_of_an_id_counts_and_the_others_are_told(read):
    found = read("id,prediction\na,x\nb,y\na,z\n")
    assert (found.answers["a"].text, found.twice, found.rows) == ("x", ("a",), 3)


def test_without_ids_rows_are_numbered(read):
    assert list(read("prediction\nx\ny\n").answers) == ["1", "2"]


def test_null_is_no_prediction(read):
    found = read('{"prediction": null}\n{"prediction": ""}\n', name="p.jsonl")
    assert [answer.text for answer in found.answers.values()] == [None, ""]


@pytest.mark.parametrize(
    ("text", "more", "error", "said"),
    [
        ("text,label\na,b\n", {}, UsageError, "no column of predictions among 'text', 'label'"),
        ("prediction\nx\n", {"prediction": "pred"}, UsageError, "pred"),
        (
            "prediction,p\nx,1.5\n",
            {"score_column": "p"},
            DataError,
            r"p\.csv:2: '1\.5' in the column 'p' is no probability",
        ),
        ("prediction,nll\nx,-1\n", {}, DataError, "'-1' in the column 'nll' is no likelihood in nats"),
        ("prediction,nll\nx,inf\n", {}, DataError, "'inf' in the column 'nll'"),
        ("prediction,nll\nx,nan\n", {}, DataError, "'nan' in the column 'nll'"),
        ("prediction\nx,y\n", {}, DataError, r"p\.csv:2"),
    ],
)
def test_what_cannot_be_read(read, text, more, error, said):
    with pytest.raises(error, match=said):
        read(text, **more)


def test_a_pipe_cannot_be_named_by_its_bytes(registry):
    with pytest.raises(UsageError, match="names its files by their bytes"):
        read_predictions(registry, file_request("-", TASK))
