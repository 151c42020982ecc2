"""Trains a linear probe: features of the frozen encoder, kept on disk, then scikit-learn's logistic regression.

The features of a block of texts lie in a file that is named by the digest of what they depend on, so that training
which was interrupted goes on where it stopped and ends with the same weights.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlptasks.errors import NlptasksError
from nlptasks.files.names import is_there
from nlptasks.models.output_layers import chosen_layer
from nlptasks.models.pooling import text_means
from nlptasks.models.probe.head import ProbeWeights, text_of
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport
from nlptasks.text.display import counted, one_line
from nlptasks.training.splits import held_out_rows

#: Tokens of a window; the sentence encoders that probes are for were trained on windows of about this size.
MAX_TOKENS = 256

#: Texts whose features lie in one file.
BLOCK = 1_024

#: Inverse regularisation strengths that are tried; the held-out log loss decides.
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)

#: The strength where nothing is held out that could decide.
UNDECIDED = 0.01

#: Held-out examples below which no temperature is fitted: a few would make the head far too sure or unsure.
CALIBRATION = 30

#: Labels that a line names.
NAMED = 5

Features = NDArray[np.float32]


@dataclass(frozen=True)
class _Set:
    """Features ``[examples, width]`` and gold answers ``[examples]``."""

    features: Features
    golds: NDArray[Any]

    def where(self, chosen: NDArray[np.bool_]) -> _Set:
        """The chosen examples."""
        return _Set(self.features[chosen], self.golds[chosen])


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
            held = _features(job, list(job.validation), cache, "validation")
        known = _known(held, layer.labels, job.progress)
        logits = np.asarray(held.features @ layer.weight.T + layer.bias, dtype=np.float64)
        temperature, rows = _calibrated(logits[known], held.golds[known], layer.labels), len(held.golds)
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
    """A folder for features, which is removed when training is done or fails, and kept when it is interrupted.

    What fails (a full disk, say) is not tried again as it stands, and nothing else would ever remove the folder.
    """
    cache = job.output / ".features"
    cache.mkdir(exist_ok=True)
    try:
        yield cache
    except Exception:
        shutil.rmtree(cache, ignore_errors=True)
        raise
    shutil.rmtree(cache)


def _fitted(job: TrainJob, cache: Path) -> TrainReport:
    examples = list(job.examples)
    _check(examples, split=job.validation is None)
    if job.validation is None:
        out = np.array(held_out_rows(examples, job.seed, labelled=True, tell=job.progress))
        data = _features(job, examples, cache, "training")
        fit, held = data.where(~out), data.where(out)
    else:
        data = fit = _features(job, examples, cache, "training")
        held = _features(job, list(job.validation), cache, "validation")
    labels = tuple(sorted(set(data.golds)))
    if not len(held.golds):
        return _unscored(job, data, labels)
    known = _known(held, labels, job.progress)
    strength, model = _choose(fit, held.where(known), job)
    logits = _logits(model, held.features)
    temperature = _calibrated(logits[known], held.golds[known], labels)
    scores = _scores(logits / temperature, held.golds, labels)
    final = _fit(data, strength, job.seed) if job.validation is None else model
    weight, bias = _linear(final)
    _save(job, weight, bias, temperature, labels)
    return TrainReport(
        n_train=len(data.golds),
        n_validation=len(held.golds),
        labels=labels,
        scores=scores,
        settings=_settings(job, strength, temperature),
        refitted=job.validation is None,
    )


def _unscored(job: TrainJob, data: _Set, labels: tuple[str, ...]) -> TrainReport:
    """The probe of all rows, where none can be held out."""
    weight, bias = _linear(_fit(data, UNDECIDED, job.seed))
    _save(job, weight, bias, 1.0, labels)
    return TrainReport(
        n_train=len(data.golds), n_validation=0, labels=labels, scores={}, settings=_settings(job, UNDECIDED, 1.0)
    )


def _settings(job: TrainJob, strength: float, temperature: float) -> dict[str, object]:
    return {"C": strength, "temperature": round(temperature, 4), "max_tokens": MAX_TOKENS, "seed": job.seed}


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


def _features(job: TrainJob, examples: Sequence[Example], cache: Path, name: str) -> _Set:
    if not examples:
        raise NlptasksError(f"the {name} data hold no row with a text and a gold answer")
    features: list[Features] = []
    for start in range(0, len(examples), BLOCK):
        block = examples[start : start + BLOCK]
        features.append(_block_features(job.backbone, [text_of(example) for example in block], cache))
        job.progress(f"{name}: {start + len(block):,} texts encoded")
    return _Set(np.concatenate(features), np.array([example.gold or "" for example in examples]))


def _block_features(backbone: Encoder, texts: list[str], cache: Path) -> Features:
    """Features of some texts, from the cache where they are there."""
    key = hashlib.sha256(f"{backbone.digest} {getattr(backbone, 'precision', '')} {MAX_TOKENS}".encode())
    for text in texts:
        key.update(f"\n{len(text)} {text}".encode("utf-8", "replace"))
    path = cache / f"{key.hexdigest()[:32]}.npy"
    if is_there(path):
        stored: Features = np.load(path)
        return stored
    computed = text_means(backbone, texts, max_tokens=MAX_TOKENS)
    temporary = path.with_suffix(".part")
    content = io.BytesIO()  # straight into a file, NumPy does not say why a disk takes no more
    np.save(content, computed)
    try:
        temporary.write_bytes(content.getbuffer())
        temporary.replace(path)
    except OSError as error:
        message = f"cannot keep the features of the texts in {cache}: {error.strerror or error}"
        raise NlptasksError(message, hint="is the disk full? make room, or give another folder: --output") from error
    finally:
        temporary.unlink(missing_ok=True)
    return computed


def _check(examples: Sequence[Example], *, split: bool) -> None:
    """Refuse labels that cannot be learnt, before anything is encoded.

    Args:
        examples: Training examples.
        split: Whether some of them will be held out.
    """
    counts = Counter(example.gold or "" for example in examples)
    if not counts:
        raise NlptasksError("the training data hold no row with a text and a gold answer")
    if len(counts) < 2:
        raise NlptasksError(f"training needs two labels or more; the data hold only {', '.join(counts)!r}")
    rare = sorted(label for label, count in counts.items() if count < 2)
    if rare and split:
        raise NlptasksError(
            f"training needs two examples of each label, one of them to hold out; there is one of {_named(rare)}",
            hint="add examples of it, take the label out of the data, or give held-out rows: --validation FILE",
        )


def _named(labels: Sequence[str]) -> str:
    """A few labels, for a line."""
    more = f" and {len(labels) - NAMED:,} more" if len(labels) > NAMED else ""
    return ", ".join(repr(one_line(label, 40)) for label in labels[:NAMED]) + more


def _known(held: _Set, labels: tuple[str, ...], tell: Callable[[str], None]) -> NDArray[np.bool_]:
    """Which held-out examples have a label that the head knows; says what becomes of the others."""
    known: NDArray[np.bool_] = np.isin(held.golds, labels)
    if not known.any():
        raise NlptasksError(
            "no validation row has a label of the training data",
            hint=f"those of the head: {_named(labels)}; of the rows: {_named(sorted(set(held.golds.tolist())))}",
        )
    unknown = sorted(set(held.golds[~known].tolist()))
    if unknown:
        rows = int((~known).sum())
        tell(
            f"{counted(rows, 'held-out row')} with a label that the training data lack ({_named(unknown)}): "
            "wrong, whatever the head predicts; log_loss counts only the others"
        )
    return known


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
    """Scores of all examples, each beside that of the trivial baseline: the commonest label everywhere.

    Where the head does not know the gold label, its answer is wrong; the log loss, which would be infinite, leaves such
    examples out.
    """
    logs = _log_probabilities(logits)
    known = np.isin(golds, labels)
    answers = np.array(labels)[logs.argmax(axis=1)]
    common = Counter(sorted(golds[known].tolist())).most_common(1)[0][0]
    trivial = np.full(len(golds), common, dtype=golds.dtype)
    gold = np.searchsorted(labels, golds[known])
    return {
        "accuracy": float(np.mean(answers == golds)),
        "accuracy_baseline": float(np.mean(trivial == golds)),
        "macro_f1": _macro_f1(golds, answers),
        "macro_f1_baseline": _macro_f1(golds, trivial),
        "log_loss": float(-logs[known][np.arange(len(gold)), gold].mean()),
        "mean_confidence": float(np.exp(logs.max(axis=1)).mean()),
    }


def _macro_f1(golds: NDArray[Any], answers: NDArray[Any]) -> float:
    return float(f1_score(golds, answers, average="macro", zero_division=0))
