"""Trains the extractive head: a logistic regression on the features of the sentences of documents with a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlptasks.errors import NlptasksError
from nlptasks.models.probe.head import ProbeWeights
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport, Window
from nlptasks.text.sentences import Span, split
from nlptasks.training.splits import held_out_rows

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
    examples = list(job.examples)
    out = _held_out(job, examples) if examples and job.validation is None else []
    documents = _documents(job, examples, "training")
    if job.validation is None:
        fit, held = _split(documents, out)
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


def _held_out(job: TrainJob, examples: Sequence[Example]) -> list[bool]:
    """Which documents to hold out: a tenth, one at least."""
    out = held_out_rows(examples, job.seed, tell=job.progress)
    if not any(out):
        raise NlptasksError(
            "training needs two documents or more that differ, one of them to hold out",
            hint="add documents, or give held-out ones: --validation FILE",
        )
    return out


def _split(documents: Sequence[_Document], out: Sequence[bool]) -> tuple[list[_Document], list[_Document]]:
    fit = [document for document, held in zip(documents, out, strict=True) if not held]
    held_out = [document for document, held in zip(documents, out, strict=True) if held]
    _check(fit, "training")
    _check(held_out, "held-out")
    return fit, held_out


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
    found = probabilities > 0.5
    trivial = np.full(len(kept), 2 * kept.sum() > len(kept))
    return {
        "accuracy": float(np.mean(found == kept)),
        "accuracy_baseline": float(np.mean(trivial == kept)),
        "macro_f1": _macro_f1(kept, found),
        "macro_f1_baseline": _macro_f1(kept, trivial),
        "average_precision": float(average_precision_score(kept, probabilities)),
        "log_loss": float(log_loss(kept, probabilities)),
        "proportion_kept": float(kept.mean()),
    }


def _macro_f1(kept: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    return float(f1_score(kept, found, average="macro", zero_division=0))


def _linear(model: Any) -> tuple[Floats, Floats]:
    """Weights ``[labels, features]`` and bias ``[labels]`` with the standardisation folded in."""
    scaler, regression = model[0], model[1]
    weight = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - weight @ scaler.mean_
    # Half of it on each side gives the same probabilities.
    return (np.stack([-weight, weight]) / 2).astype(np.float32), (np.array([-bias, bias]) / 2).astype(np.float32)
