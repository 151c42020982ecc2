"""Which class opens the bundled weights."""

from __future__ import annotations

import json
from pathlib import Path

from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.plugin.protocols import BackboneContext
from nlptasks.testing import write_tiny_checkpoint, write_tiny_seq2seq_checkpoint
from nlptasks_bundled import nlptasks_backbones
from nlptasks_bundled.backbone import WEIGHTS, load


def test_weights_with_a_decoder_can_write(tmp_path: Path) -> None:
    opened = load(BackboneContext(folder=write_tiny_seq2seq_checkpoint(tmp_path), device="cpu"))
    assert isinstance(opened, TransformerSeq2Seq)
    assert opened.instructions


def test_weights_without_one_are_an_encoder(tmp_path: Path) -> None:
    opened = load(BackboneContext(folder=write_tiny_checkpoint(tmp_path), device="cpu"))
    assert type(opened) is TransformerEncoder


def test_its_languages_are_those_of_its_weights_and_its_card() -> None:
    (spec,) = nlptasks_backbones()
    instructions = json.loads((WEIGHTS / "config.json").read_text())["nlptasks_instructions"]
    assert set(spec.writes) == {language for _, language in instructions}
    assert spec.languages == ("en",)
    card = (WEIGHTS.parent / "MODEL_CARD.md").read_text()
    assert "| languages | reads English;" in card
    assert "Writes English, German and French |" in card
