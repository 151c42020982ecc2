from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import nlptasks
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.probe.training import train
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, TrainJob
from nlptasks.testing import check_head
from nlptasks_sentiment import nlptasks_heads
from nlptasks_sentiment.head import LABELS, NEUTRAL, open_three_way
from nlptasks_sentiment.options import ThreeWayOptions
from nlptasks_tasks.sentiment import SPEC as TASK

HEAD = next(head for head in nlptasks_heads() if head.name == "three-way")
WORDS = {"positive": "good great works", "negative": "bad broken not", "neutral": "the film phone"}


def rows(*labels: str) -> list[Example]:
    return [
        Example({"text": f"{word} {'very ' * n}"}, label)
        for label in labels
        for word in WORDS[label].split()
        for n in range(5)
    ]


def trained_on(encoder: Encoder, folder: Path, *labels: str) -> Path:
    folder.mkdir(exist_ok=True)
    train(
        TrainJob(
            task=TASK,
            head="nlptasks:three-way",
            backbone=encoder,
            options=ThreeWayOptions(),
            examples=rows(*labels),
            validation=None,
            output=folder,
            seed=0,
            progress=lambda _: None,
        )
    )
    return folder


@pytest.fixture(scope="module")
def trained(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained_on(encoder, tmp_path_factory.mktemp("three-way"), *LABELS)


def context(encoder: Encoder, weights: Path | None, neutral: bool | None = True) -> HeadContext:
    return HeadContext(task=TASK, backbone=encoder, options=ThreeWayOptions(neutral=neutral), weights=weights)


def test_passes_the_conformance_check(encoder: Encoder, trained: Path) -> None:
    check_head(TASK, HEAD, backbone=encoder, weights=trained)


def test_it_tells_the_three_apart(encoder: Encoder, trained: Path) -> None:
    head = open_three_way(context(encoder, trained))
    assert head.labels == LABELS
    examples = rows(*LABELS)
    answers = [
        head.read(example, windows, head.reduce(encoder.encode(windows))).label
        for example, windows in zip(examples, head.windows(examples), strict=True)
    ]
    assert sum(answer == example.gold for answer, example in zip(answers, examples, strict=True)) >= 36


def test_missing_weights_are_explained(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no trained weights with a neutral label") as error:
        open_three_way(context(encoder, None), shipped=tmp_path)
    assert "nlptasks train sentiment --head three-way" in error.value.hint


def test_weights_without_a_neutral_answer_are_refused(encoder: Encoder, tmp_path: Path) -> None:
    folder = trained_on(encoder, tmp_path, "negative", "positive")
    with pytest.raises(NlptasksError, match="its labels are negative, positive, not negative, neutral, positive"):
        open_three_way(context(encoder, folder))


def test_no_neutral_is_refused(encoder: Encoder, trained: Path) -> None:
    with pytest.raises(UsageError, match="--no-neutral"):
        open_three_way(context(encoder, trained, neutral=False))


def test_the_option_chooses_the_head_and_the_gold_labels_are_scored(tmp_path: Path) -> None:
    data = tmp_path / "reviews.csv"
    texts = {"negative": "It broke and I hate it.", "neutral": "It arrived on Monday.", "positive": "I love it."}
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((texts[label], label) for label in LABELS for _ in range(9))])
    nlptasks.train("sentiment", data, tmp_path / "head", head="three-way", device="cpu")
    assert json.loads((tmp_path / "head" / "head.json").read_text())["labels"] == list(LABELS)
    head = f"{tmp_path / 'head'}/"
    report = nlptasks.run("sentiment", data, head=head, options={"neutral": True}, device="cpu")
    assert report.tasks[0].head == head.rstrip("/")
    assert report.tasks[0].scores[0].n == 27
    if not NEUTRAL.is_dir():
        with pytest.raises(UsageError, match="no trained weights with a neutral label"):
            nlptasks.load("sentiment", neutral=True, device="cpu")
