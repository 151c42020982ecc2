"""Fitting a probe: the same bytes each time, interrupted or not, and what it is told that it cannot learn."""

from __future__ import annotations

import random
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks.errors import NlptasksError
from nlptasks.models.output_layers import OutputLayer, save_layers
from nlptasks.models.probe.head import FILE, Probe
from nlptasks.models.probe.training import train
from nlptasks.plugin.protocols import Encoder, Example

from .conftest import BAD, GOOD, context, examples, job


def test_training_twice_gives_the_same_bytes(encoder: Encoder, trained: Path, tmp_path: Path) -> None:
    train(job(encoder, tmp_path))
    assert (tmp_path / FILE).read_bytes() == (trained / FILE).read_bytes()


def test_interrupted_training_goes_on_where_it_stopped(encoder: Encoder, trained: Path, tmp_path: Path) -> None:
    def stop(line: str) -> None:
        if "C=" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(job(encoder, tmp_path, progress=stop))
    kept = list((tmp_path / ".features").glob("*.npy"))
    assert kept

    class Unused:
        digest, name, precision = encoder.digest, encoder.name, encoder.precision  # type: ignore[attr-defined]

    train(job(Unused(), tmp_path))  # type: ignore[arg-type]
    assert (tmp_path / FILE).read_bytes() == (trained / FILE).read_bytes()
    assert not (tmp_path / ".features").exists()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "hold no row"),
        ([Example({"text": "good"}, "positive")] * 3, "two labels or more"),
        ([*examples(), Example({"text": "x"}, "rare")], "two examples of each label.*'rare'"),
    ],
)
def test_data_that_cannot_train(encoder: Encoder, tmp_path: Path, rows: list[Example], message: str) -> None:
    with pytest.raises(NlptasksError, match=message):
        train(job(Unasked(), tmp_path, rows))  # type: ignore[arg-type]


class Unasked:
    """An encoder that is never asked."""


def test_one_row_of_a_label_is_learnt_where_held_out_rows_are_given(encoder: Encoder, tmp_path: Path) -> None:
    rows = [*examples(), Example({"text": "late"}, "rare")]
    report = train(job(encoder, tmp_path, rows, validation=examples()))
    assert report.labels == ("negative", "positive", "rare")


def test_copies_with_labels_of_a_coin_score_as_a_coin(encoder: Encoder, tmp_path: Path) -> None:
    draw = random.Random(0)
    words = [*GOOD, *BAD, "phone", "film", "works"]
    rows = [Example({"text": " ".join(draw.sample(words, 4))}, draw.choice("xy")) for _ in range(400)] * 3
    told: list[str] = []
    report = train(job(encoder, tmp_path, rows, progress=told.append))
    assert report.scores["accuracy"] < 0.75
    assert told[0].startswith("1,200 rows, ")
    assert "of them with the text of another row" in told[0]


def test_without_two_texts_of_a_label_there_are_no_scores(encoder: Encoder, tmp_path: Path) -> None:
    rows = [Example({"text": "good"}, "positive"), Example({"text": "bad"}, "negative")] * 5
    told: list[str] = []
    report = train(job(encoder, tmp_path, rows, progress=told.append))
    assert (report.n_train, report.n_validation, report.scores, report.refitted) == (10, 0, {}, False)
    assert "nothing is held out: too few different texts; --validation FILE gives rows to score" in told
    assert Probe.open(context(encoder, tmp_path)).labels == report.labels


@pytest.mark.parametrize("layer", [False, True])
def test_a_label_that_training_lacks_is_wrong_and_said(encoder: Encoder, tmp_path: Path, layer: bool) -> None:
    told: list[str] = []
    unknown = [Example({"text": f"a film {n}"}, "mixed") for n in range(len(examples()))]
    given: dict[str, Any] = {"progress": told.append}
    if layer:
        weight = np.random.default_rng(1).normal(size=(2, encoder.width)).astype(np.float32)
        labels = ("negative", "positive")
        bias = np.zeros(2, np.float32)
        save_layers(tmp_path, [OutputLayer(name="m", prediction="Label", labels=labels, weight=weight, bias=bias)])
        given["layers"] = tmp_path
    alone = train(job(encoder, tmp_path / "a", validation=examples(), **given))
    assert not any("lack" in line for line in told)
    both = train(job(encoder, tmp_path / "b", validation=[*examples(), *unknown], **given))
    assert both.n_validation == 2 * alone.n_validation
    assert both.scores["accuracy"] == pytest.approx(alone.scores["accuracy"] / 2)
    assert both.scores["log_loss"] == pytest.approx(alone.scores["log_loss"])
    assert both.scores["accuracy_baseline"] == 0.25
    assert (
        f"{len(unknown)} held-out rows with a label that the training data lack ('mixed'): wrong, whatever the head "
        "predicts; log_loss counts only the others"
    ) in told
    with pytest.raises(NlptasksError, match="no validation row has a label of the training data") as error:
        train(job(encoder, tmp_path / "c", validation=unknown, **given))
    assert "those of the head: 'negative', 'positive'; of the rows: 'mixed'" in error.value.hint


def test_scores_stand_beside_the_trivial_baseline(encoder: Encoder, tmp_path: Path) -> None:
    draw = random.Random(0)
    words = [*GOOD, *BAD, "phone", "film", "works"]
    rows = [Example({"text": " ".join(draw.sample(words, 4))}, "rare" if n % 20 == 0 else "usual") for n in range(200)]
    scores = train(job(encoder, tmp_path, rows)).scores
    assert scores["accuracy_baseline"] == pytest.approx(0.95, abs=0.02)
    assert scores["macro_f1_baseline"] == pytest.approx(0.49, abs=0.01)
    assert scores["macro_f1"] < 0.8


def test_a_training_that_fails_leaves_no_features(encoder: Encoder, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        with pytest.raises(NlptasksError, match=r"cannot keep the features .*: File too large"):
            train(job(encoder, tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
