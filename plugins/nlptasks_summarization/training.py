"""Trains the extractive head: a logistic regression on the features of the sentences of documents with a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlptasks.errors import NlptasksError
from nlptasks.models.probe.head import ProbeWeights
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport, Window
from nlptasks.text.sentences import Span, split

from .features import features
from .head import LABELS, MAX_TOKENS
from .oracle import labels
from .sums import Floats, Pieces, cuts, piece_sums

#: Documents that are encoded together.
BLOCK = 64

#: Windows in a batch.
BATCH = 8

#: Inverse regularisation strengths that are tried; the held-out average precision decides.
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1)


@dataclass(frozen=True)
class _Document:
    """Features of its sentences, and which of them the summary keeps."""

    features: Floats
    kept: NDArray[np.bool_]


def train(job: TrainJob) -> TrainReport:
    """Fit the head and leave it in ``job.output``.

    Raises:
        NlptasksError: There are fewer than two documents, or no sentence is kept or none is left.
    """
    documents = _documents(job, job.examples, "training")
    if job.validation is None:
        fit, held = _split(documents, job.seed)
    else:
        fit, held = documents, _documents(job, job.validation, "validation")
    strength, model = _choose(fit, held, job.progress)
    scores = _scores(model, held)
    final = _fit(documents, strength) if job.validation is None else model
    weight, bias = _linear(final)
    ProbeWeights(
        weight=weight,
        bias=bias,
        labels=LABELS,
        task=job.task.name,
        head=job.head,
        backbone=job.backbone.name,
        digest=job.backbone.digest,
        max_tokens=MAX_TOKENS,
    ).save(job.output)
    return TrainReport(
        n_train=len(documents),
        n_validation=len(held),
        labels=LABELS,
        scores=scores,
        settings={"C": strength, "max_tokens": MAX_TOKENS, "seed": job.seed},
        refitted=job.validation is None,
    )


def _documents(job: TrainJob, examples: Iterable[Example], name: str) -> list[_Document]:
    documents: list[_Document] = []
    for block in _blocks(examples):
        documents += _encoded(job.backbone, block)
        job.progress(f"{name}: {len(documents):,} texts encoded")
    if not documents:
        raise NlptasksError(f"the {name} data hold no row with a document and a summary")
    _check(documents, name)
    return documents


def _blocks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    iterator = iter(examples)
    while block := list(islice(iterator, BLOCK)):
        yield block


def _encoded(backbone: Encoder, block: list[Example]) -> list[_Document]:
    texts = [example.inputs["document"] for example in block]
    sentences = [split(text) for text in texts]
    asked = backbone.tokenize(texts, max_tokens=MAX_TOKENS, offsets=True)
    known = cuts(asked, sentences)
    # By length, so that a batch holds windows of nearly one length.
    windows = sorted(known, key=len)
    kept: dict[Window, Pieces] = {}
    for at in range(0, len(windows), BATCH):
        batch = windows[at : at + BATCH]
        kept.update(zip(batch, piece_sums(backbone.encode(batch), known), strict=True))
    return [
        _document(example, spans, row, [kept[window] for window in row])
        for example, spans, row in zip(block, sentences, asked, strict=True)
    ]


def _document(example: Example, spans: list[Span], windows: list[Window], kept: list[Pieces]) -> _Document:
    text = example.inputs["document"]
    wanted = labels([text[start:end] for start, end in spans], example.gold or "")
    return _Document(features(text, spans, windows, kept), np.array(wanted))


def _check(documents: list[_Document], name: str) -> None:
    kept = {bool(value) for document in documents for value in document.kept}
    if len(kept) < len(LABELS):
        which = "every sentence" if True in kept else "no sentence"
        raise NlptasksError(
            f"the summaries of the {name} data keep {which} of their documents, so there is nothing to learn",
            hint="the documents need several sentences each, and summaries that share words with some of them",
        )


def _split(documents: list[_Document], seed: int) -> tuple[list[_Document], list[_Document]]:
    """Hold a tenth of the documents out, one at least."""
    if len(documents) < 2:
        raise NlptasksError("training needs two documents or more, one of them to hold out", hint="add documents")
    order = np.random.default_rng(seed).permutation(len(documents)).tolist()
    size = max(1, len(documents) // 10)
    fit, held = [documents[at] for at in sorted(order[size:])], [documents[at] for at in sorted(order[:size])]
    _check(fit, "training")
    _check(held, "held-out")
    return fit, held


def _choose(fit: list[_Document], held: list[_Document], tell: Callable[[str], None]) -> tuple[float, Any]:
    """The strength with the highest held-out average precision, and its model."""
    best: tuple[float, float, Any] | None = None
    for strength in STRENGTHS:
        model = _fit(fit, strength)
        precision = _scores(model, held)["average_precision"]
        tell(f"regularisation C={strength}: held-out average precision {precision:.4f}")
        if best is None or precision > best[0]:
            best = precision, strength, model
    assert best is not None
    return best[1], best[2]


def _fit(documents: list[_Document], strength: float) -> Any:
    regression = LogisticRegression(C=strength, max_iter=2_000)
    return make_pipeline(StandardScaler(), regression).fit(*_joined(documents))


def _joined(documents: list[_Document]) -> tuple[Floats, NDArray[np.bool_]]:
    return np.concatenate([d.features for d in documents]), np.concatenate([d.kept for d in documents])


def _scores(model: Any, held: list[_Document]) -> dict[str, float]:
    known, kept = _joined(held)
    probabilities = model.predict_proba(known)[:, 1]
    return {
        "accuracy": float(np.mean((probabilities > 0.5) == kept)),
        "average_precision": float(average_precision_score(kept, probabilities)),
        "log_loss": float(log_loss(kept, probabilities)),
        "proportion_kept": float(kept.mean()),
    }


def _linear(model: Any) -> tuple[Floats, Floats]:
    """Weights ``[labels, features]`` and bias ``[labels]`` with the standardisation folded in."""
    scaler, regression = model[0], model[1]
    weight = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - weight @ scaler.mean_
    # Half of it on each side gives the same probabilities.
    return (np.stack([-weight, weight]) / 2).astype(np.float32), (np.array([-bias, bias]) / 2).astype(np.float32)
