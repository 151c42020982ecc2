"""The shipped weights: they load, belong together, and answer as their cards say."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

import nlptasks
from nlptasks.api import LoadedTask
from nlptasks_bundled import nlptasks_backbones
from nlptasks_bundled.backbone import WEIGHTS

DATA = Path(os.environ.get("NLPTASKS_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.fixture(scope="module")
def sentiment() -> LoadedTask:
    return nlptasks.load("sentiment", device="cpu")


@pytest.fixture(scope="module")
def topics() -> LoadedTask:
    return nlptasks.load("classification", device="cpu")


def rows(name: str, count: int) -> list[dict[str, str]]:
    path = DATA / name / "validation.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the data set {name} is not here; set NLPTASKS_DATA to the folder that holds it")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for _, line in zip(range(count), file, strict=False)]


def accuracy(task: LoadedTask, examples: list[dict[str, str]]) -> float:
    answers = task([row["text"] for row in examples])
    return sum(
        answer is not None and answer.answer == row["label"] for answer, row in zip(answers, examples, strict=True)
    ) / len(examples)


def test_one_backbone_in_memory(sentiment: LoadedTask, topics: LoadedTask) -> None:
    assert sentiment.backbone is topics.backbone


def test_the_descriptor_tells_the_truth(sentiment: LoadedTask) -> None:
    spec = nlptasks_backbones()[0]
    assert sentiment.backbone.name == spec.name
    assert sum(weight.numel() for weight in sentiment.backbone._model.parameters()) == spec.parameters


def test_no_file_is_larger_than_repositories_take() -> None:
    assert all(file.stat().st_size < 50_000_000 for file in WEIGHTS.iterdir())


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("great phone", "positive"),
        ("broke in a day", "negative"),
        ("Not bad at all for the price.", "positive"),
        ("I would not recommend this to anyone.", "negative"),
    ],
)
def test_plain_sentiment(sentiment: LoadedTask, text: str, label: str) -> None:
    assert sentiment(text).answer == label  # type: ignore[union-attr]


def test_example_rows_of_classification(topics: LoadedTask) -> None:
    for row in topics.task.examples:
        assert topics(row["text"]).answer == row["label"]  # type: ignore[union-attr]


def test_sst2(sentiment: LoadedTask) -> None:
    assert accuracy(sentiment, rows("sst2", 872)) >= 0.86


def test_ag_news(topics: LoadedTask) -> None:
    assert accuracy(topics, rows("agnews", 200)) >= 0.86


def test_zero_shot_ag_news() -> None:
    zero_shot = nlptasks.load("classification", labels=("World", "Sports", "Business", "Sci/Tech"), device="cpu")
    assert accuracy(zero_shot, rows("agnews", 200)) >= 0.75
