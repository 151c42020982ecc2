from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlptasks.errors import BackboneMismatchError, NlptasksError, UsageError
from nlptasks.models.output_layers import OutputLayer, save_layers
from nlptasks.models.probe.head import FILE, Probe, ProbeWeights, label_of, softmax
from nlptasks.models.probe.training import train
from nlptasks.plugin.protocols import Encoder, Example
from nlptasks.testing import check_head
from nlptasks_tasks.sentiment import SPEC as TASK

from .conftest import HEAD, context, examples, job


def test_a_trained_probe_passes_the_conformance_check(encoder: Encoder, trained: Path) -> None:
    check_head(TASK, HEAD, backbone=encoder, weights=trained)


def test_the_saved_head_answers_like_the_fitted_model(encoder: Encoder, tmp_path: Path) -> None:
    report = train(job(encoder, tmp_path, validation=examples()))
    probe = Probe.open(context(encoder, tmp_path))
    hits = 0
    for example in examples():
        windows = probe.windows([example])[0]
        hits += probe.read(example, windows, probe.reduce(encoder.encode(windows))).label == example.gold
    assert hits / len(examples()) == pytest.approx(report.scores["accuracy"])


def test_more_than_two_labels(encoder: Encoder, tmp_path: Path) -> None:
    rows = [*examples(), *(Example({"text": f"the film {'a ' * n}"}, "neutral") for n in range(12))]
    report = train(job(encoder, tmp_path, rows))
    assert report.labels == ("negative", "neutral", "positive") == Probe.open(context(encoder, tmp_path)).labels


def test_a_foreign_backbone_is_refused(foreign_encoder: Encoder, trained: Path) -> None:
    with pytest.raises(BackboneMismatchError, match="trained on the backbone 'tiny' with digest") as error:
        Probe.open(context(foreign_encoder, trained))
    assert "--backbone" in error.value.hint


def test_a_head_of_another_task_is_refused(encoder: Encoder, trained: Path, tmp_path: Path) -> None:
    weights = ProbeWeights.load(trained)
    ProbeWeights(**{**vars(weights), "task": "classification"}).save(tmp_path)
    with pytest.raises(NlptasksError, match="trained for the task 'classification', not 'sentiment'"):
        Probe.open(context(encoder, tmp_path))


def test_damaged_and_missing_weights_are_explained(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(NlptasksError, match="no trained head can be read here"):
        Probe.open(context(encoder, tmp_path))
    (tmp_path / FILE).write_bytes(b"\0" * 100)
    with pytest.raises(NlptasksError, match="no trained head can be read here"):
        Probe.open(context(encoder, tmp_path))
    with pytest.raises(NlptasksError, match="no weights of its own"):
        Probe.open(context(encoder, None))


def test_weights_keep_their_values_whatever_their_memory_order(tmp_path: Path) -> None:
    weight = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    saved = ProbeWeights(
        weight=weight,
        bias=np.zeros(2, np.float32),
        labels=("ä", "b"),
        task="t",
        head="h",
        backbone="b",
        digest="d",
        max_tokens=9,
    )
    saved.save(tmp_path)
    loaded = ProbeWeights.load(tmp_path)
    np.testing.assert_array_equal(loaded.weight, weight)
    assert loaded.labels == ("ä", "b")


def test_probabilities_sum_to_one_and_the_best_wins() -> None:
    label = label_of(("a", "b"), softmax(np.array([1_000.0, 1_001.0], np.float32)))
    assert label.label == "b"
    assert sum(label.scores.values()) == pytest.approx(1)
    assert json.dumps(label.cells())


def test_a_head_of_an_output_layer_answers_by_that_layer(encoder: Encoder, tmp_path: Path) -> None:
    labels = ("negative", "positive")
    weight = np.random.default_rng(1).normal(size=(2, encoder.width)).astype(np.float32)
    layer = OutputLayer(name="mood", prediction="Label", labels=labels, weight=weight, bias=np.float32([0.5, -0.5]))
    save_layers(tmp_path, [layer, replace(layer, name="other")])
    made = job(encoder, tmp_path / "made", [], layers=tmp_path, layer="mood")
    report = train(made)
    assert (report.n_train, report.labels, report.scores) == (0, labels, {})
    head = ProbeWeights.load(tmp_path / "made")
    np.testing.assert_array_equal(head.weight, weight)
    assert head.digest == encoder.digest
    calibrated = train(replace(made, validation=examples()))
    assert calibrated.n_validation == len(examples())
    assert calibrated.settings["temperature"] != 1
    np.testing.assert_allclose(
        ProbeWeights.load(tmp_path / "made").weight * calibrated.settings["temperature"], weight, rtol=1e-3
    )
    with pytest.raises(UsageError, match="holds 2 output layers for Label"):
        train(replace(made, layer=""))
    save_layers(tmp_path, [replace(layer, weight=weight[:, :5])])
    with pytest.raises(NlptasksError, match="is of an encoder of width 5"):
        train(made)
