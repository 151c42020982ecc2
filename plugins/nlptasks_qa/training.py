"""Trains the extractive head: one linear layer, start and end of each token, on a frozen encoder.

The loss is convex and the layer starts at zero, so that a seed decides no more than the order of the batches. Hidden
states are made anew in each epoch: those of all tokens would not fit into the memory.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from nlptasks.errors import NlptasksError
from nlptasks.models.output_layers import chosen_layer
from nlptasks.models.spans import span_targets, span_windows
from nlptasks.plugin.protocols import Encoder, Example, TrainJob, TrainReport, Window
from nlptasks.training.recipes import RECIPE, read_recipe
from nlptasks.training.splits import hold_out

from .head import ExtractiveAnswers
from .options import SpanOptions
from .weights_file import SpanWeights

#: Longest window; the encoders that this is for were trained on windows of about this size.
MAX_TOKENS = 256

#: Tokens that windows of a long context share, in training.
OVERLAP = 85

RATE = 5e-3
BATCH = 32

#: Most epochs. Training ends before that with the first one that is no better on the held-out rows.
EPOCHS = 10

#: Windows that are sorted by length together.
_POOL = 32 * BATCH


@dataclass(frozen=True, slots=True)
class _TrainingWindow:
    """A window that holds the answer, and the answer's first and last token."""

    window: Window
    target: tuple[int, int]


def train(job: TrainJob) -> TrainReport:
    """Train the head, or take the layer that ``job.layers`` holds, and leave it in ``job.output``.

    Raises:
        NlptasksError: No answer stands in its context, or the layer belongs to an encoder of another width.
        UsageError: There is no layer for spans in ``job.layers``, or several.
    """
    return _taken(job) if job.layers is not None else _trained(job)


def _taken(job: TrainJob) -> TrainReport:
    """The head of an output layer that the backbone was fine-tuned with."""
    assert job.layers is not None
    layer = chosen_layer(job.layers, "Span", job.layer)
    if layer.weight.shape != (2, job.backbone.width):
        raise NlptasksError(
            f"{job.layers}: the layer '{layer.name}' is of an encoder of width {layer.weight.shape[-1]}, and the "
            f"backbone here has {job.backbone.width}",
            hint="choose the backbone that it was trained with: --backbone",
        )
    recipe = read_recipe(job.layers / RECIPE)
    weights = _weights(job, layer.weight, layer.bias, recipe.max_tokens)
    weights.save(job.output)
    held_out = list(job.validation or ())
    return TrainReport(
        n_train=0,
        n_validation=len(held_out),
        labels=(),
        scores=_scores(job, weights, held_out),
        settings={"layer": layer.name, "max_tokens": recipe.max_tokens},
    )


def _trained(job: TrainJob) -> TrainReport:
    """The head of a layer that is trained here."""
    examples = list(job.examples)
    if job.validation is None:
        rows, held_out = hold_out(examples, job.seed, tell=job.progress)
    else:
        rows, held_out = examples, list(job.validation)
    pieces, tests = _pieces(job.backbone, rows), _pieces(job.backbone, held_out)
    for name, found in (("training", pieces), ("held-out", tests)):
        if not found:
            raise NlptasksError(
                f"no {name} row has an answer that stands in its context",
                hint="answers are pieces of the context, word for word; give more rows, or held-out ones: --validation",
            )
    if len(pieces) < len(rows):
        job.progress(f"{len(rows) - len(pieces):,} of {len(rows):,} rows left out: the answer is not in the context")
    layer, epochs, loss = _fitted(job, pieces, tests)
    weight, bias = (value.detach().float().cpu().numpy() for value in (layer.weight, layer.bias))
    weights = _weights(job, weight, bias, min(MAX_TOKENS, job.backbone.max_tokens))
    weights.save(job.output)
    return TrainReport(
        n_train=len(rows),
        n_validation=len(held_out),
        labels=(),
        scores={**_scores(job, weights, held_out), "loss": loss},
        settings={"epochs": epochs, "rate": RATE, "batch": BATCH, "max_tokens": weights.max_tokens, "seed": job.seed},
    )


def _weights(job: TrainJob, weight: Any, bias: Any, max_tokens: int) -> SpanWeights:
    return SpanWeights(
        weight=weight,
        bias=bias,
        digest=job.backbone.digest,
        backbone=job.backbone.name,
        max_tokens=max_tokens,
    )


def _pieces(encoder: Encoder, examples: Sequence[Example]) -> list[_TrainingWindow]:
    found = span_targets(examples, span_windows(encoder, examples, MAX_TOKENS, OVERLAP))
    return [_TrainingWindow(window, target) for window, target in found]


def _fitted(
    job: TrainJob, pieces: Sequence[_TrainingWindow], tests: Sequence[_TrainingWindow]
) -> tuple[torch.nn.Linear, int, float]:
    """The layer after its best epoch, the number of that, and its held-out loss."""
    with torch.random.fork_rng(devices=[]):  # it draws numbers that are not kept, of the generator that all share
        layer = torch.nn.Linear(job.backbone.width, 2)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    optimizer = torch.optim.AdamW(layer.parameters(), lr=RATE)
    best: tuple[torch.nn.Linear, int, float] | None = None
    for epoch in range(1, EPOCHS + 1):
        for chosen in _batches(pieces, (job.seed, epoch)):
            optimizer.zero_grad(set_to_none=True)
            _loss(layer, job.backbone, [pieces[at] for at in chosen]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        loss = _held_out_loss(layer, job.backbone, tests)
        job.progress(f"epoch {epoch}: held-out loss {loss:.4f}")
        if best is not None and loss >= best[2]:
            break
        best = copy.deepcopy(layer), epoch, loss
    assert best is not None
    return best


def _batches(pieces: Sequence[_TrainingWindow], seed: tuple[int, int]) -> Iterator[list[int]]:
    """Positions of all pieces in batches of similar length, shuffled."""
    generator = np.random.default_rng(list(seed))
    order = generator.permutation(len(pieces)).tolist()
    pools = (order[at : at + _POOL] for at in range(0, len(order), _POOL))
    for pool in pools:
        ordered = sorted(pool, key=lambda at: len(pieces[at].window))
        starts = generator.permutation(range(0, len(ordered), BATCH)).tolist()
        yield from (ordered[start : start + BATCH] for start in starts)


def _loss(layer: torch.nn.Linear, encoder: Encoder, pieces: Sequence[_TrainingWindow]) -> torch.Tensor:
    """Mean cross-entropy of first and last token among the text's tokens (Devlin et al. 2019, arXiv 1810.04805)."""
    hidden = encoder.encode([piece.window for piece in pieces])
    logits = layer(torch.from_numpy(hidden.states))
    inside = torch.zeros(logits.shape[:2], dtype=torch.bool)
    for row, piece in enumerate(pieces):
        inside[row, piece.window.start : piece.window.start + len(piece.window.offsets)] = True
    logits = logits.masked_fill(~inside.to(logits.device)[..., None], -torch.inf)
    targets = torch.tensor([piece.target for piece in pieces], device=logits.device)
    start, end = (functional.cross_entropy(logits[..., at], targets[:, at]) for at in (0, 1))
    return (start + end) / 2


@torch.no_grad()
def _held_out_loss(layer: torch.nn.Linear, encoder: Encoder, tests: Sequence[_TrainingWindow]) -> float:
    starts = range(0, len(tests), BATCH)
    parts = [tests[start : start + BATCH] for start in starts]
    return sum(float(_loss(layer, encoder, part)) * len(part) for part in parts) / len(tests)


def _scores(job: TrainJob, weights: SpanWeights, held_out: Sequence[Example]) -> dict[str, float]:
    """The task's metrics on held-out rows, by the head as it will run."""
    if not held_out or job.score is None:
        return {}
    head = ExtractiveAnswers(weights, job.backbone, job.options or SpanOptions())
    answers: list[str] = []
    for at in range(0, len(held_out), BATCH):
        block = held_out[at : at + BATCH]
        for example, windows in zip(block, head.windows(block), strict=True):
            answers.append(head.read(example, windows, head.reduce(job.backbone.encode(windows))).canonical)
    return dict(job.score(answers, [example.gold or "" for example in held_out], ()))
