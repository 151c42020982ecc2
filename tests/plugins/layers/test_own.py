from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlptasks._cli.main import run_command
from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import UsageError
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.plugin import HeadSpec, TaskSpec
from nlptasks.plugin.protocols import Example, HeadContext
from nlptasks.testing import check_head
from nlptasks_layers import nlptasks_heads
from nlptasks_layers.moods import moods_of
from nlptasks_layers.options import LabelOptions
from nlptasks_layers.own import open_classification, open_sentiment
from nlptasks_tasks.classification import SPEC as CLASSIFICATION
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

Make = Callable[..., Any]

TEXTS = ("good phone", "the film is not very bad, and it works late", "a", "broken and bad and broken and late")
TOPICS = ("world", "sports", "science")
MANY = "multi_label_classification"


def spec(task: str, name: str = "own") -> HeadSpec:
    return next(head for head in nlptasks_heads() if (head.task, head.name) == (task, name))


def answers(task: TaskSpec, head: Any, backbone: Any, texts: Sequence[str]) -> list[Any]:
    examples = [Example({"text": text}) for text in texts]
    opened = LoadedHead(task=task, name="own", head=head)
    return list(predict([opened], backbone, [examples]).by_head[0])


def classified(backbone: Any, texts: Sequence[str], **options: Any) -> list[Any]:
    context = HeadContext(task=CLASSIFICATION, backbone=backbone, options=LabelOptions(**options))
    return answers(CLASSIFICATION, open_classification(context), backbone, texts)


def sentiments(backbone: Any, texts: Sequence[str], **options: Any) -> list[Any]:
    context = HeadContext(task=SENTIMENT, backbone=backbone, options=LabelOptions(**options))
    return answers(SENTIMENT, open_sentiment(context), backbone, texts)


def logits(folder: Path, texts: Sequence[str]) -> torch.Tensor:
    """What transformers' own forward passes give, ``[texts, labels]``."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    with quiet_loading(), torch.inference_mode():
        model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        return torch.cat([model(**tokenizer(text, return_tensors="pt")).logits for text in texts])


@pytest.mark.parametrize(
    ("task", "labels", "problem"),
    [
        (CLASSIFICATION, TOPICS, None),
        (CLASSIFICATION, TOPICS, MANY),
        (CLASSIFICATION, ("LABEL_0",), None),
        (SENTIMENT, ("NEGATIVE", "POSITIVE"), None),
        (SENTIMENT, ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), None),
    ],
)
def test_passes_the_conformance_check(task: TaskSpec, labels: Any, problem: str | None, backbone: Make) -> None:
    check_head(task, spec(task.name), backbone=backbone(*labels, problem=problem))


def test_one_label_is_the_softmax(folder: Make, backbone: Make) -> None:
    expected = logits(folder(*TOPICS), TEXTS).softmax(dim=1)
    for row, found in zip(expected, classified(backbone(*TOPICS), TEXTS), strict=True):
        assert found.label == TOPICS[int(row.argmax())]
        assert list(found.scores) == list(TOPICS)
        assert list(found.scores.values()) == pytest.approx(row.tolist(), abs=1e-6)
        assert found.score == max(found.scores.values())


def test_several_labels_are_those_from_the_threshold_on(folder: Make, backbone: Make) -> None:
    expected = logits(folder(*TOPICS, problem=MANY), TEXTS).sigmoid()
    threshold = float(expected.median()) + 1e-4
    seen = set()
    for row, found in zip(
        expected, classified(backbone(*TOPICS, problem=MANY), TEXTS, threshold=threshold), strict=True
    ):
        chosen = [label for label, score in zip(TOPICS, row, strict=True) if float(score) >= threshold]
        seen.add(len(chosen))
        assert found.canonical == ", ".join(chosen)
        assert found.chosen == tuple(chosen)
        exactly = [float(score if label in chosen else 1 - score) for label, score in zip(TOPICS, row, strict=True)]
        assert found.score == pytest.approx(float(np.prod(exactly)), abs=1e-5)
    assert len(seen) > 1
    (nothing,) = classified(backbone(*TOPICS, problem=MANY), TEXTS[:1], threshold=1.0)
    assert (nothing.canonical, nothing.chosen) == ("", ())


def test_a_number_is_a_number(folder: Make, backbone: Make) -> None:
    expected = logits(folder("LABEL_0"), TEXTS)[:, 0]
    for value, found in zip(expected.tolist(), classified(backbone("LABEL_0"), TEXTS), strict=True):
        assert found.value == pytest.approx(value, abs=1e-5)
        assert found.cells() == (f"{value:.4f}", None)
        assert found.score is None


def test_no_mean_confidence_is_told_of_numbers(
    folder: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.csv").write_text("text\na phone\na film\n")
    where = ["--data", str(tmp_path / "rows.csv"), "-o", str(tmp_path / "out.csv")]
    assert run_command(["run", "classification", *where, "--backbone", str(folder("LABEL_0"))]) == 0
    said = capsys.readouterr().err
    assert "2 predictions" in said
    assert "mean confidence" not in said


def test_a_long_text_is_the_mean_of_its_windows(folder: Make, backbone: Make) -> None:
    ours = backbone(*TOPICS)
    text = "good phone " * 50 + "bad film " * 20
    windows = ours.tokenize([text])[0]
    assert len(windows) == 3
    alone = torch.softmax(torch.tensor(ours.encode(windows).logits), dim=1).numpy()
    expected = np.average(alone, axis=0, weights=[len(window) for window in windows])
    assert list(classified(ours, [text])[0].scores.values()) == pytest.approx(list(expected), abs=1e-6)
    first = classified(ours, [text], max_windows=1)[0]
    assert list(first.scores.values()) == pytest.approx(list(alone[0]), abs=1e-6)


def test_stars_become_moods(folder: Make, backbone: Make) -> None:
    stars = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
    expected = logits(folder(*stars), TEXTS).softmax(dim=1)
    for row, found in zip(expected.tolist(), sentiments(backbone(*stars), TEXTS), strict=True):
        wanted = {"negative": row[0] + row[1], "neutral": row[2], "positive": row[3] + row[4]}
        assert found.scores == pytest.approx(wanted, abs=1e-6)
        assert found.label == max(wanted, key=lambda mood: wanted[mood])


def test_names_of_the_users_take_the_place_of_the_checkpoints(backbone: Make) -> None:
    ours = backbone("LABEL_0", "LABEL_1", "LABEL_2")
    own = classified(ours, TEXTS)
    named = classified(ours, TEXTS, label_names=("x", "y", "z"))
    moods = sentiments(ours, TEXTS, label_names=("negative", "neutral", "positive"))
    for one, other, mood in zip(own, named, moods, strict=True):
        at = int(one.label[-1])
        assert other.label == "xyz"[at]
        assert mood.label == ("negative", "neutral", "positive")[at]
        assert one.score == other.score == mood.score


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("NEGATIVE", "POSITIVE"), ("negative", "positive")),
        (("POS", "NEG", "NEU"), ("positive", "negative", "neutral")),
        (("LABEL_0", "LABEL_1"), ("negative", "positive")),
        (("LABEL_0", "LABEL_1", "LABEL_2"), None),
        (
            ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"),
            ("negative", "negative", "neutral", "positive", "positive"),
        ),
        (("5", "4", "3", "2", "1"), ("positive", "positive", "neutral", "negative", "negative")),
        (("1 star", "2 stars"), None),
        (
            ("Very_Negative", "Negative", "Neutral", "Positive", "Very Positive"),
            ("negative",) * 2 + ("neutral",) + ("positive",) * 2,
        ),
        (("joy", "anger"), None),
        (("positive", "neutral"), None),
        (("positive", "negative", "sarcastic"), None),
    ],
)
def test_which_labels_are_moods(labels: tuple[str, ...], expected: tuple[str, ...] | None) -> None:
    assert moods_of(labels) == expected


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (TOPICS, {}, "do not say what is positive: world, sports, science"),
        (("LABEL_0",), {}, "do not say what is positive: LABEL_0"),
        (
            TOPICS,
            {"label_names": ("negative", "positive")},
            "gives 2 names, and .* has 3 labels: world, sports, science",
        ),
        (TOPICS, {"label_names": ("positive",) * 3}, "has positive more than once"),
    ],
)
def test_labels_that_are_no_moods_are_named(labels: Any, options: Any, message: str, backbone: Make) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        sentiments(backbone(*labels), TEXTS, **options)
    assert caught.value.hint


def test_names_must_be_as_many_and_different(backbone: Make) -> None:
    with pytest.raises(UsageError, match="gives 1 names"):
        classified(backbone(*TOPICS), TEXTS, label_names=("a",))
    with pytest.raises(UsageError, match="has a more than once"):
        classified(backbone(*TOPICS), TEXTS, label_names=("a", "a", "b"))
