from __future__ import annotations

import json
import random
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlptasks.errors import BackboneMismatchError, NlptasksError, UsageError
from nlptasks.models.output_layers import OutputLayer, save_layers
from nlptasks.models.probe.head import FILE, Probe, ProbeWeights, label_of, softmax
from nlptasks.models.probe.options import ProbeOptions
from nlptasks.models.probe.training import train
from nlptasks.plugin import ENCODE, HeadSpec
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, TrainJob
from nlptasks.testing import check_head
from nlptasks_tasks.sentiment import SPEC as TASK

HEAD = HeadSpec(
    name="probe",
    task="sentiment",
    summary="a probe",
    object="nlptasks.models.probe.head:Probe.open",
    needs=frozenset({ENCODE}),
    options=ProbeOptions,
    trainer="nlptasks.models.probe.training:train",
)
GOOD = ["good phone", "great film", "the service is great and works", "very good", "a great price", "happy"]
BAD = ["bad phone", "broken film", "the service is bad and late", "very bad", "a broken price", "sad"]


def examples(repeats: int = 4) -> list[Example]:
    texts = [(text, "positive") for text in GOOD] + [(text, "negative") for text in BAD]
    return [Example({"text": f"{text} {'very ' * n}"}, gold) for n in range(repeats) for text, gold in texts]


def job(encoder: Encoder, output: Path, rows: list[Example] | None = None, **settings: Any) -> TrainJob:
    output.mkdir(exist_ok=True)
    given: dict[str, Any] = {"validation": None, "seed": 0, "progress": lambda _: None, "options": ProbeOptions()}
    given |= settings
    return TrainJob(
        task=TASK,
        head="x:probe",
        backbone=encoder,
        examples=examples() if rows is None else rows,
        output=output,
        **given,
    )


@pytest.fixture(scope="module")
def trained(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe")
    report = train(job(encoder, folder))
    assert report.labels == ("negative", "positive")
    assert report.scores["accuracy"] > 0.7
    return folder


def context(encoder: Encoder, weights: Path | None) -> HeadContext:
    return HeadContext(task=TASK, backbone=encoder, options=ProbeOptions(), weights=weights)


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
        digest, name, dtype = encoder.digest, encoder.name, encoder.dtype  # type: ignore[attr-defined]

    train(job(Unused(), tmp_path))  # type: ignore[arg-type]
    assert (tmp_path / FILE).read_bytes() == (trained / FILE).read_bytes()
    assert not (tmp_path / ".features").exists()


def test_a_training_that_fails_leaves_no_features(encoder: Encoder, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        with pytest.raises(NlptasksError, match=r"cannot keep the features .*: File too large"):
            train(job(encoder, tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


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
