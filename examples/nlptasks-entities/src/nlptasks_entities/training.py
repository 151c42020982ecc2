"""Trains the head: what the frozen encoder makes of each word is computed once, and one linear layer is fitted on it.

The loss is convex and the layer starts at zero, so that the seed decides no more than the order of the batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nlptasks.errors import NlptasksError
from nlptasks.plugin.protocols import Encoder, Example, HiddenStates, TrainJob, TrainReport, Window
from nlptasks.text.display import counted
from nlptasks.training.splits import hold_out

from .gold import places
from .head import Tagger, TaggerWeights, text_windows
from .options import TaggerOptions
from .tags import OUTSIDE, in_tokens, tags_of
from .words import SHAPES, Numbers, of_words, shapes, word_places

#: Passes over the words, and steps that there are at least: few rows are seen more often.
EPOCHS, STEPS = 8, 1_000

#: Words of a step, and the learning rate, which falls to nothing.
BATCH, RATE = 256, 2e-3

#: Windows that are encoded together, and texts whose states of tokens are in memory at a time.
_WINDOWS, _TEXTS = 32, 512


@dataclass(frozen=True)
class _Words:
    """All words of some texts in one row.

    Args:
        states: ``[words + 1, width]``, float16: mean state of its tokens; the last row, of zeros, is no word.
        shapes: ``[words, SHAPES]``.
        tags: ``[words]``: position of the gold tag.
        before: ``[words]``: the word before each in its text; -1: none.
        behind: ``[words]``: the word behind it; -1: none.
    """

    states: NDArray[np.float16]
    shapes: Numbers
    tags: NDArray[np.int64]
    before: NDArray[np.int64]
    behind: NDArray[np.int64]


def train(job: TrainJob) -> TrainReport:
    """Fit the head and leave it in ``job.output``.

    Raises:
        NlptasksError: The rows name no entity.
    """
    rows, held_out = list(job.examples), list(job.validation or ())
    if job.validation is None:
        rows, held_out = hold_out(rows, job.seed, tell=job.progress)
    kinds = sorted({kind for row in rows for _, _, kind in places(row.gold or "[]")})
    if not kinds:
        raise NlptasksError(
            f"there is no entity in {counted(len(rows), 'training row')}",
            hint='the gold column holds a list for each text: [{"start": 0, "end": 6, "type": "LOC"}]',
        )
    tags = (OUTSIDE, *(f"{prefix}-{kind}" for kind in kinds for prefix in "BI"))
    words = _words(job, rows, tags)
    job.progress(f"{len(words.tags):,} words of {counted(len(rows), 'text')} are encoded")
    weights = _fitted(job, words, tags)
    weights.save(job.output)
    return TrainReport(
        n_train=len(rows),
        n_validation=len(held_out),
        labels=(),
        scores=_scores(job, weights, held_out),
        settings={"types": kinds, "batch": BATCH, "rate": RATE, "seed": job.seed},
    )


def _words(job: TrainJob, rows: Sequence[Example], tags: Sequence[str]) -> _Words:
    at, width = {tag: number for number, tag in enumerate(tags)}, job.backbone.width
    states, looks, golds = list[NDArray[np.float16]](), list[Numbers](), list[int]()
    before, behind = list[int](), list[int]()
    inexact = lost = outside = 0
    for row, windows, values in _encoded(job.backbone, rows, lambda found: list(found.states)):
        text = row.inputs["text"]
        found = word_places(text)
        means, known = of_words(text, found, windows, values, width)
        means[~known] = np.nan  # a word without tokens has no state
        wanted = places(row.gold or "[]")
        spans = list(in_tokens(wanted, found))
        outside += len(wanted) - len(spans)
        named, left_out = tags_of([span for span, _ in spans], len(found))
        inexact, lost = inexact + sum(not exact for _, exact in spans), lost + left_out
        first = len(golds)
        before += [-1, *range(first, first + len(found) - 1)][: len(found)]
        behind += [*range(first + 1, first + len(found)), -1][: len(found)]
        states.append(means.astype(np.float16))
        looks.append(shapes(text, found))
        golds += [at[tag] for tag in named]
    faults = {"begin or end within a word": inexact, "overlap another one": lost, "stand outside of the text": outside}
    for what, number in faults.items():
        if number:
            job.progress(f"entities of the training rows that {what}, and so cannot be learnt as they are: {number:,}")
    return _Words(
        states=np.concatenate([*states, np.full((1, width), np.nan, np.float16)]),
        shapes=np.concatenate(looks),
        tags=np.array(golds),
        before=np.array(before),
        behind=np.array(behind),
    )


def _fitted(job: TrainJob, words: _Words, tags: Sequence[str]) -> TaggerWeights:
    """The layer, with the standardisation of the states folded in."""
    mean: Numbers = np.asarray(np.nanmean(words.states, axis=0, dtype=np.float32))
    scale: Numbers = np.asarray(np.nanstd(words.states, axis=0, dtype=np.float32)) + np.float32(1e-5)
    states = torch.from_numpy(np.nan_to_num((words.states - mean) / scale).astype(np.float16))
    looks, golds = torch.from_numpy(words.shapes), torch.from_numpy(words.tags)
    before, behind = torch.from_numpy(words.before), torch.from_numpy(words.behind)
    weight = torch.zeros(len(tags), 3 * len(mean) + SHAPES, requires_grad=True)
    bias = torch.zeros(len(tags), requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=RATE)
    generator = torch.Generator().manual_seed(job.seed)
    once, steps = math.ceil(len(golds) / BATCH), 0
    epochs = max(EPOCHS, math.ceil(STEPS / once))
    for epoch in range(1, epochs + 1):
        losses = []
        for chosen in torch.randperm(len(golds), generator=generator).split(BATCH):  # type: ignore[no-untyped-call]
            optimizer.param_groups[0]["lr"] = RATE * (1 - steps / (epochs * once))
            parts = [states[chosen], states[before[chosen]], states[behind[chosen]], looks[chosen]]
            logits = torch.cat([part.float() for part in parts], dim=1) @ weight.T + bias
            loss = torch.nn.functional.cross_entropy(logits, golds[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.item())
            steps += 1
        if epoch in (1, epochs) or epoch % math.ceil(epochs / EPOCHS) == 0:
            job.progress(f"epoch {epoch} of {epochs}: training loss {sum(losses) / len(losses):.4f}")
    own, last, following, look = np.split(weight.detach().numpy(), [len(mean), 2 * len(mean), 3 * len(mean)], axis=1)
    # A word's state speaks for its own tag, as the last word of the one behind it, and as the next of the one before.
    layer = np.concatenate([own, last, following]) / scale
    return TaggerWeights(
        states=layer.astype(np.float32),
        states_bias=(-layer @ mean).astype(np.float32),
        shapes=look,
        bias=bias.detach().numpy(),
        tags=tuple(tags),
        backbone=job.backbone.name,
        digest=job.backbone.digest,
    )


def _scores(job: TrainJob, weights: TaggerWeights, held_out: Sequence[Example]) -> dict[str, float]:
    """The task's metrics on held-out rows, by the head as it will run."""
    if not held_out or job.score is None:
        return {}
    head = Tagger(weights, job.backbone, job.options or TaggerOptions())
    found = [head.read(*each).canonical for each in _encoded(job.backbone, held_out, head.reduce)]
    return dict(job.score(found, [row.gold or "" for row in held_out], ()))


def _encoded(
    encoder: Encoder, rows: Sequence[Example], reduce: Callable[[HiddenStates], Sequence[Numbers]]
) -> Iterator[tuple[Example, list[Window], list[Numbers]]]:
    """Each row with its windows and what is kept of their states."""
    for start in range(0, len(rows), _TEXTS):
        part = rows[start : start + _TEXTS]
        windows = text_windows(encoder, [row.inputs["text"] for row in part])
        flat = sorted(
            ((row, at) for row, own in enumerate(windows) for at in range(len(own))),
            key=lambda place: len(windows[place[0]][place[1]]),
        )
        kept: dict[tuple[int, int], Numbers] = {}
        for first in range(0, len(flat), _WINDOWS):
            batch = flat[first : first + _WINDOWS]
            kept |= zip(batch, reduce(encoder.encode([windows[row][at] for row, at in batch])), strict=True)
        for row, own in enumerate(windows):
            yield part[row], own, [kept[row, at] for at in range(len(own))]
