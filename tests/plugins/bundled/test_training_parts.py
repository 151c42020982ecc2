"""What a training by a recipe is made of: pieces, batches and streams of them, losses, rates and the mean score."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import torch

from nlptasks.plugin.protocols import Encoder, Example
from nlptasks.training.recipes import Recipe
from nlptasks_bundled.training.batching import Stream, epoch_batches, packed
from nlptasks_bundled.training.evaluation import LONGEST, best_spans, mean_primary
from nlptasks_bundled.training.optimizer import rate_proportion
from nlptasks_bundled.training.pieces import TrainingPiece, span_pieces


def test_a_span_is_in_the_first_window_that_holds_it(encoder: Encoder):
    words = ["the"] * 30 + ["broken"] + ["the"] * 30
    example = Example({"question": "is it", "context": " ".join(words)}, "broken")
    (piece,) = span_pieces(encoder, [example], 24)
    windows = encoder.tokenize(
        [example.inputs["context"]], questions=["is it"], max_tokens=24, overlap=8, offsets=True
    )[0]
    broken = encoder.tokenize(["broken"])[0][0].ids[1:-1]
    first, last = piece.target
    assert tuple(piece.ids[first : last + 1]) == broken
    assert tuple(piece.ids) == next(window.ids for window in windows if broken[0] in window.ids)
    assert piece.text[0] <= first <= last < piece.text[1]


def test_best_spans_are_ordered_and_not_too_long():
    logits = torch.full((1, 64, 2), -5.0)
    logits[0, 60, 0], logits[0, 10, 1] = 9.0, 9.0  # the end before the start
    logits[0, 20, 0], logits[0, 20 + LONGEST, 1] = 8.0, 8.0  # one token too long
    logits[0, 20 + LONGEST - 1, 1] = 7.0
    values, first, last = best_spans(logits)
    assert (values.item(), first.item(), last.item()) == (15.0, 20, 20 + LONGEST - 1)


def test_batches_keep_the_budget_and_hold_everything_once():
    lengths = [random.Random(1).randint(3, 60) for _ in range(500)] + [400]
    batches = epoch_batches(lengths, 256, (0, 1, 2))
    assert sorted(at for batch in batches for at in batch) == list(range(501))
    assert all(len(batch) * max(lengths[at] for at in batch) <= 256 or len(batch) == 1 for batch in batches)
    padded = sum(len(batch) * max(lengths[at] for at in batch) for batch in batches)
    assert padded < 1.15 * sum(lengths)
    assert batches != epoch_batches(lengths, 256, (0, 1, 3))
    assert packed([5, 5, 5], [2, 0, 1], 10) == [[2, 0], [1]]


def test_a_stream_goes_on_where_it_stood():
    def stream() -> Stream:
        empty = np.zeros(4, dtype=np.int32), np.zeros(4, dtype=np.int8)
        return Stream([TrainingPiece(*empty, (0, 4), (label,)) for label in range(7)], 8, (1, 0))

    whole, broken = stream(), stream()
    taken = [[piece.target for piece in whole.take()] for _ in range(11)]
    for at in range(11):
        assert [piece.target for piece in broken.take()] == taken[at]
        position, broken = broken.position(), stream()
        broken.seek(position)


def test_rates_rise_and_fall():
    recipe = Recipe(backbone="tiny", tasks=(), tokens=1_000, warmup=0.1)
    rates = [rate_proportion(at, recipe) for at in (0, 50, 100, 550, 1_000, 1_200)]
    assert rates == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0, 0.0])
    assert rate_proportion(0, replace(recipe, warmup=0.0)) == 1.0


def test_the_mean_score_is_that_of_the_primary_metrics():
    assert mean_primary({"a/x/f1": 0.2, "a/x/em": 0.0, "b/y/acc": 0.6}) == pytest.approx(0.4)
    assert mean_primary({}) == 0.0
