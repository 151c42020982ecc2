"""Trains a linear probe: features of the frozen encoder, kept on disk, then scikit-learn's logistic regression.

The features of a block of texts lie in a file that is named by the digest of what they depend on, so that training
which was interrupted goes on where it stopped and ends with the same weights.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlptasks.errors import NlptasksError
from nlptasks.models.output_layers import chosen_layer
from nlptasks.models.pooling import text_means
from nlptasks.models.probe.head import ProbeWeights, text_of
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport

#: Tokens of a window; the sentence encoders that probes are for were trained on windows of about this size.
MAX_TOKENS = 256

#: Texts whose features lie in one file.
BLOCK = 1_024

#: Inverse regularisation strengths that are tried; the held-out log loss decides.
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)

#: Held-out examples below which no temperature is fitted: a few would make the head far too sure or unsure.
CALIBRATION = 30

Features = NDArray[np.float32]


@dataclass(frozen=True)
class _Set:
    """Features ``[examples, width]`` and gold answers ``[examples]``."""

    features: Features
    golds: NDArray[Any]


def train(job: TrainJob) -> TrainReport:
    """Fit a probe, or take the layer that ``job.layers`` holds, and leave it in ``job.output``.

    Raises:
        NlptasksError: There are fewer than two labels, or too few examples of one; or the layer belongs to an encoder
            of another width.
        UsageError: There is no layer for labels in ``job.layers``, or several could be meant.
    """
    return _taken(job) if job.layers is not None else _trained(job)


def _taken(job: TrainJob) -> TrainReport:
    """The probe of an output layer that the backbone was fine-tuned with, calibrated on held-out rows where given."""
    assert job.layers is not None
    layer = chosen_layer(job.layers, "Label", job.layer)
    if layer.weight.shape[-1] != job.backbone.width:
        raise NlptasksError(
            f"{job.layers}: the layer '{layer.name}' is of an encoder of width {layer.weight.shape[-1]}, and the "
            f"backbone here has {job.backbone.width}",
            hint="choose the backbone that it was trained with: --backbone",
        )
    scores: dict[str, float] = {}
    temperature, rows = 1.0, 0
    if job.validation is not None:
        with _cache(job) as cache:
            held = _known(_features(job, job.validation, cache, "validation"), layer.labels)
        logits = np.asarray(held.features @ layer.weight.T + layer.bias, dtype=np.float64)
        temperature, rows = _calibrated(logits, held.golds, layer.labels), len(held.golds)
        scores = _scores(logits / temperature, held.golds, layer.labels)
    _save(job, layer.weight, layer.bias, temperature, layer.labels)
    return TrainReport(
        n_train=0,
        n_validation=rows,
        labels=layer.labels,
        scores=scores,
        settings={"layer": layer.name, "temperature": round(temperature, 4), "max_tokens": MAX_TOKENS},
    )


def _trained(job: TrainJob) -> TrainReport:
    """The probe of a regression that is fitted here."""
    with _cache(job) as cache:
        return _fitted(job, cache)


@contextmanager
def _cache(job: TrainJob) -> Iterator[Path]:
    """A folder for features, which is removed when training is done and kept when it is interrupted."""
    cache = job.output / ".features"
    cache.mkdir(exist_ok=True)
    yield cache
    shutil.rmtree(cache)


def _fitted(job: TrainJob, cache: Path) -> TrainReport:
    data = _features(job, job.examples, cache, "training")
    _check(data.golds)
    if job.validation is None:
        fit, held = _split(data, job.seed)
    else:
        fit, held = data, _features(job, job.validation, cache, "validation")
    labels = tuple(sorted(set(data.golds)))
    held = _known(held, labels)
    strength, model = _choose(fit, held, job)
    logits = _logits(model, held.features)
    temperature = _calibrated(logits, held.golds, labels)
    scores = _scores(logits / temperature, held.golds, labels)
    final = _fit(data, strength, job.seed) if job.validation is None else model
    weight, bias = _linear(final)
    _save(job, weight, bias, temperature, labels)
    return TrainReport(
        n_train=len(data.golds) if job.validation is None else len(fit.golds),
        n_validation=len(held.golds),
        labels=labels,
        scores=scores,
        settings={"C": strength, "temperature": round(temperature, 4), "max_tokens": MAX_TOKENS, "seed": job.seed},
        refitted=job.validation is None,
    )


def _save(job: TrainJob, weight: NDArray[Any], bias: NDArray[Any], temperature: float, labels: tuple[str, ...]) -> None:
    ProbeWeights(
        weight=(weight / temperature).astype(np.float32),
        bias=(bias / temperature).astype(np.float32),
        labels=labels,
        task=job.task.name,
        head=job.head,
        backbone=job.backbone.name,
        digest=job.backbone.digest,
        max_tokens=MAX_TOKENS,
    ).save(job.output)


def _features(job: TrainJob, examples: Iterable[Example], cache: Path, name: str) -> _Set:
    features: list[Features] = []
    golds: list[str] = []
    for block in _blocks(examples):
        features.append(_block_features(job.backbone, [text_of(example) for example in block], cache))
        golds += [example.gold or "" for example in block]
        job.progress(f"{name}: {len(golds):,} texts encoded")
    if not golds:
        raise NlptasksError(f"the {name} data hold no row with a text and a gold answer")
    return _Set(np.concatenate(features), np.array(golds))


def _blocks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    iterator = iter(examples)
    while block := list(islice(iterator, BLOCK)):
        yield block


def _block_features(backbone: Encoder, texts: list[str], cache: Path) -> Features:
    """Features of some texts, from the cache where they are there."""
    key = hashlib.sha256(f"{backbone.digest} {getattr(backbone, 'dtype', '')} {MAX_TOKENS}".encode())
    for text in texts:
        key.update(f"\n{len(text)} {text}".encode("utf-8", "replace"))
    path = cache / f"{key.hexdigest()[:32]}.npy"
    if path.exists():
        stored: Features = np.load(path)
        return stored
    computed = text_means(backbone, texts, max_tokens=MAX_TOKENS)
    temporary = path.with_suffix(".part")
    content = io.BytesIO()  # straight into a file, NumPy does not say why a disk takes no more
    np.save(content, computed)
    try:
        temporary.write_bytes(content.getbuffer())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return computed


def _check(golds: NDArray[Any]) -> None:
    counts = Counter(golds.tolist())
    if len(counts) < 2:
        raise NlptasksError(f"training needs two labels or more; the data hold only {', '.join(counts)!r}")
    rare = sorted(label for label, count in counts.items() if count < 2)
    if rare:
        raise NlptasksError(
            f"training needs two examples of each label; there is one of {', '.join(rare[:5])!r}",
            hint="add examples of it, or take the label out of the data",
        )


def _split(data: _Set, seed: int) -> tuple[_Set, _Set]:
    """Hold a tenth out (one of each label at least), stratified."""
    size = max(len(set(data.golds)), len(data.golds) // 10)
    fit, held = train_test_split(np.arange(len(data.golds)), test_size=size, random_state=seed, stratify=data.golds)
    return _Set(data.features[fit], data.golds[fit]), _Set(data.features[held], data.golds[held])


def _known(held: _Set, labels: tuple[str, ...]) -> _Set:
    known = np.isin(held.golds, labels)
    if not known.any():
        raise NlptasksError("no validation row has a label of the training data")
    return _Set(held.features[known], held.golds[known])


def _choose(fit: _Set, held: _Set, job: TrainJob) -> tuple[float, Any]:
    """The strength with the least held-out log loss, and its model."""
    best: tuple[float, float, Any] | None = None
    for strength in STRENGTHS:
        model = _fit(fit, strength, job.seed)
        loss = float(log_loss(held.golds, model.predict_proba(held.features), labels=model.classes_))
        job.progress(f"regularisation C={strength}: held-out log loss {loss:.4f}")
        if best is None or loss < best[0]:
            best = loss, strength, model
    assert best is not None
    return best[1], best[2]


def _fit(data: _Set, strength: float, seed: int) -> Any:
    regression = LogisticRegression(C=strength, max_iter=2_000, random_state=seed)
    return make_pipeline(StandardScaler(), regression).fit(data.features, data.golds)


def _linear(model: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights ``[labels, width]`` and bias ``[labels]`` with the standardisation folded in."""
    scaler, regression = model[0], model[1]
    weight = regression.coef_ / scaler.scale_
    bias = regression.intercept_ - weight @ scaler.mean_
    if len(weight) == 1:  # scikit-learn keeps one row for two labels: half of it on each side gives the same softmax
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return weight, bias


def _logits(model: Any, features: Features) -> NDArray[np.float64]:
    weight, bias = _linear(model)
    logits: NDArray[np.float64] = features @ weight.T + bias
    return logits


def _log_probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


def _calibrated(logits: NDArray[np.float64], golds: NDArray[Any], labels: tuple[str, ...]) -> float:
    """The temperature for a head; 1 where there are too few examples to tell."""
    return _temperature(logits, golds, labels) if len(golds) >= CALIBRATION else 1.0


def _temperature(logits: NDArray[np.float64], golds: NDArray[Any], labels: tuple[str, ...]) -> float:
    """The temperature with the least held-out log loss (Guo et al. 2017, arXiv 1706.04599)."""
    gold = np.searchsorted(labels, golds)
    rows = np.arange(len(gold))

    def loss(log_temperature: float) -> float:
        return float(-_log_probabilities(logits / np.exp(log_temperature))[rows, gold].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _scores(logits: NDArray[np.float64], golds: NDArray[Any], labels: tuple[str, ...]) -> dict[str, float]:
    logs = _log_probabilities(logits)
    gold = np.searchsorted(labels, golds)
    hits = logs.argmax(axis=1) == gold
    return {
        "accuracy": float(hits.mean()),
        "log_loss": float(-logs[np.arange(len(gold)), gold].mean()),
        "mean_confidence": float(np.exp(logs.max(axis=1)).mean()),
    }
