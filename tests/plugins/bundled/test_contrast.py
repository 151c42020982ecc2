"""Texts that are to be near each other: pairs in a batch, their loss, and how well they find each other."""

from __future__ import annotations

import pytest
import torch

from nlptasks.plugin.protocols import Encoder, Example
from nlptasks_bundled.training.batching import collate
from nlptasks_bundled.training.contrast import contrast, label_sentence, margin, named, pair_pieces, translated


def test_a_text_and_its_translation_are_a_pair(encoder: Encoder):
    rows = [Example({"source": "the phone works"}, "a film"), Example({"source": "very good"}, "a film")]
    first, second = pair_pieces(encoder, rows, 16, translated)
    assert first.partner is not None
    assert tuple(first.partner.ids) == encoder.tokenize(["a film"])[0][0].ids
    assert first.target == second.target, "pairs with one partner are not told apart"
    assert len(first) == 2 * len(first.ids)


def test_partners_stand_behind_all_texts_of_a_batch(encoder: Encoder):
    rows = [Example({"text": "the phone works"}, "good_one"), Example({"text": "a"}, "bad")]
    pieces = list(pair_pieces(encoder, rows, 32, named))
    batch = collate(pieces, 0, torch.device("cpu"))
    assert batch.tokens <= sum(map(len, pieces)) + 2 * abs(len(pieces[0]) - len(pieces[1]))
    assert batch.inputs["input_ids"].shape[0] == 4
    partner = encoder.tokenize(["This text is about good one."])[0][0].ids
    assert tuple(batch.inputs["input_ids"][2, : len(partner)].tolist()) == partner
    assert batch.targets.tolist() == [[0], [1]]


def test_a_label_is_named_as_words():
    assert label_sentence("card_arrival") == "This text is about card arrival."


def test_the_loss_is_low_where_partners_are_nearest():
    near = torch.eye(4).repeat(2, 1)
    groups = torch.arange(4)
    assert contrast(near, groups).item() == pytest.approx(0.0, abs=1e-6)
    swapped = torch.cat([torch.eye(4), torch.eye(4).roll(1, dims=0)])
    assert contrast(swapped, groups).item() > 10
    # Of one group, the partner of another text is no mistake.
    assert contrast(swapped, torch.zeros(4, dtype=torch.long)).item() == pytest.approx(0.0, abs=1e-6)


def test_margin_of_pairs():
    found = margin(torch.eye(3), torch.eye(3))
    assert found == {"nearest": 1.0, "margin": 1.0}
    assert margin(torch.eye(2), torch.eye(2).roll(1, dims=0)) == {"nearest": 0.0, "margin": -1.0}
