"""Predictions are scored by what a user or a benchmark says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.rescore_request import PredictionsRequest, rescore_predictions
from nlptasks._settings.groups import BenchmarkChoice, Evaluation
from nlptasks._settings.predictions import PredictionSource
from nlptasks.errors import UsageError


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mine.csv"
    path.write_text("text,label,prediction\na,positive,positive\nb,negative,positive\n")
    return str(path)


def test_a_file_with_both(registry: Registry, file: str) -> None:
    asked = PredictionsRequest(
        file=file, predictions=PredictionSource(task="sentiment"), evaluation=Evaluation(language="de")
    )
    done = rescore_predictions(registry, asked)
    assert done.record.scores["accuracy"].value == 0.5
    assert (done.record.dataset.name, done.record.dataset.language) == ("mine", "de")
    assert done.record.run.argv[:3] == ("nlptasks", "rescore", "mine.csv")


@pytest.mark.parametrize(
    ("datasets", "said"),
    [((), "and --dataset names none"), (("a", "b"), "names 2"), (("films",), "no data set 'films'")],
)
def test_predictions_are_of_one_data_set(registry: Registry, file: str, datasets: tuple[str, ...], said: str) -> None:
    asked = PredictionsRequest(
        file=file,
        predictions=PredictionSource(),
        benchmark=BenchmarkChoice(benchmark="smoke", datasets=datasets),
    )
    with pytest.raises(UsageError, match=said):
        rescore_predictions(registry, asked)
