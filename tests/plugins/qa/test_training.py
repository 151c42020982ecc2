from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.output_layers import OutputLayer, save_layers
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, TrainJob
from nlptasks.testing import check_head
from nlptasks.training.recipes import Recipe, RecipeTask, recipe_text
from nlptasks_qa import nlptasks_heads
from nlptasks_qa.head import open_head
from nlptasks_qa.options import SpanOptions
from nlptasks_qa.training import train
from nlptasks_qa.weights_file import FILE, SpanWeights
from nlptasks_tasks.qa import SPEC as TASK

HEAD = nlptasks_heads()[0]
FILLERS = ("phone", "film", "the", "a", "is", "very", "works")


def asked(count: int, seed: int) -> list[Example]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        word = draw.choice(["great", "broken"])
        before, after = (" ".join(draw.choices(FILLERS, k=draw.randint(1, 20))) for _ in range(2))
        rows.append(Example({"question": "is it", "context": f"{before} {word} {after}"}, json.dumps([word])))
    return rows


def share_right(answers: Any, golds: Any, labels: Any) -> dict[str, float]:
    return {
        "right": float(np.mean([[answer] == json.loads(gold) for answer, gold in zip(answers, golds, strict=True)]))
    }


def job(encoder: Encoder, output: Path, **given: Any) -> TrainJob:
    output.mkdir(exist_ok=True)
    settings = {"examples": asked(160, 0), "validation": None, "seed": 0, "score": share_right, **given}
    return TrainJob(
        task=TASK,
        head="x:extractive",
        backbone=encoder,
        options=SpanOptions(),
        output=output,
        progress=lambda _: None,
        **settings,
    )


def layers(encoder: Encoder, folder: Path, *names: str, width: int = 0) -> Path:
    """A folder as the fine-tuning of a backbone leaves it, as far as the head reads it."""
    draw = np.random.default_rng(0)
    save_layers(
        folder,
        [
            OutputLayer(
                name=name,
                prediction="Span",
                labels=(),
                weight=draw.normal(size=(2, width or encoder.width)).astype(np.float32),
                bias=np.zeros(2, np.float32),
            )
            for name in names
        ],
    )
    part = RecipeTask(task="qa", head="qa", data=("a.jsonl",))
    (folder / "recipe.toml").write_text(recipe_text(Recipe(backbone="tiny", tasks=(part,), max_tokens=48)))
    return folder


def test_it_learns_and_passes_the_conformance_check(encoder: Encoder, tmp_path: Path) -> None:
    report = train(job(encoder, tmp_path))
    assert report.n_train + report.n_validation == 160
    assert report.scores["right"] > 0.8
    assert report.scores["loss"] < 2.0
    assert SpanWeights.load(tmp_path).digest == encoder.digest
    check_head(TASK, HEAD, backbone=encoder, weights=tmp_path)


def test_one_seed_gives_one_result_and_another_seed_another(encoder: Encoder, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "abc"]
    for folder, seed in zip(folders, (0, 0, 1), strict=True):
        train(job(encoder, folder, seed=seed, validation=asked(20, 9)))
    first, same, other = ((folder / FILE).read_bytes() for folder in folders)
    assert first == same
    assert first != other


def test_answers_that_stand_nowhere_cannot_train(encoder: Encoder, tmp_path: Path) -> None:
    lost = [Example({"question": "is it", "context": f"a film {'very ' * n}"}, "phone") for n in range(4)]
    with pytest.raises(NlptasksError, match="no training row has an answer that stands in its context"):
        train(job(encoder, tmp_path, examples=lost))
    with pytest.raises(NlptasksError, match="no held-out row has an answer that stands in its context"):
        train(job(encoder, tmp_path, validation=lost))


def test_the_layer_of_a_fine_tuned_backbone_is_taken_as_it_is(encoder: Encoder, tmp_path: Path) -> None:
    folder = layers(encoder, tmp_path, "qa")
    report = train(job(encoder, tmp_path / "out", examples=(), layers=folder, validation=asked(10, 1)))
    weights = SpanWeights.load(tmp_path / "out")
    expected = np.random.default_rng(0).normal(size=(2, encoder.width)).astype(np.float32)
    np.testing.assert_array_equal(weights.weight, expected)
    assert (weights.digest, weights.max_tokens) == (encoder.digest, 48)
    assert (report.n_train, report.n_validation, report.settings["layer"]) == (0, 10, "qa")
    assert 0 <= report.scores["right"] <= 1
    assert open_head(HeadContext(task=TASK, backbone=encoder, weights=tmp_path / "out"))


def test_layers_that_do_not_fit_are_refused(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds 2 output layers for Span"):
        train(job(encoder, tmp_path, layers=layers(encoder, tmp_path, "qa", "more")))
    with pytest.raises(NlptasksError, match="of an encoder of width 8, and the backbone here has 32"):
        train(job(encoder, tmp_path, layers=layers(encoder, tmp_path, "qa", width=8)))
