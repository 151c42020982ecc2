"""Opening an encoder with a decoder: when the decoder is loaded, what the fingerprint sees, and what is missing."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.plugin.protocols import Window
from nlptasks.testing import tiny_seq2seq, write_tiny_checkpoint, write_tiny_seq2seq_checkpoint

GERMAN = Instruction("translation", "de")
ENGLISH = Instruction("generation", "en")
TEXTS = ("good phone", "the film is not very bad and works")


def windows_of(model: TransformerSeq2Seq, texts: Sequence[str]) -> list[Window]:
    return [row[0] for row in model.tokenize(texts, max_windows=1)]


@pytest.mark.parametrize("precision", ["auto", "bfloat16", "int8"])
def test_a_decoder_that_openvino_cannot_compute_is_pytorchs_in_float32(tmp_path: Path, precision: str) -> None:
    write_tiny_seq2seq_checkpoint(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["decoder"]["hidden_act"] = "relu"
    (tmp_path / "config.json").write_text(json.dumps(config))
    model = TransformerSeq2Seq(tmp_path, name="tiny", device="cpu", precision=precision)
    (written,) = model.generate(model.encode(windows_of(model, TEXTS[:1])), GERMAN, Decoding(max_new_tokens=3))
    assert 0 < written[0].tokens <= 3
    assert (model.runtime, str(model.decoder.dtype)) == ("openvino", "torch.float32")


def test_the_decoder_is_loaded_when_it_is_needed_and_once(tmp_path: Path) -> None:
    model = tiny_seq2seq(tmp_path)
    before = model.fingerprint()
    states = model.encode(windows_of(model, TEXTS[:2]))
    assert model._decoder is None
    assert model.instructions[0] == ENGLISH
    assert model.max_new_tokens == 61
    assert model.decoder_digest
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(model.decoder)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
    model.generate(states, GERMAN, Decoding())
    assert model.fingerprint() == before


def test_the_fingerprint_sees_a_weight_of_the_decoder_that_was_changed(tmp_path: Path) -> None:
    model = TransformerSeq2Seq(write_tiny_seq2seq_checkpoint(tmp_path), name="tiny", runtime="torch")
    before = model.fingerprint()
    next(model.decoder.parameters()).data[5, 0] += 1e-3
    assert model.fingerprint() != before


def test_a_decoder_that_was_loaded_while_writing_can_be_trained(tmp_path: Path) -> None:
    model = tiny_seq2seq(tmp_path)
    model.generate(model.encode(windows_of(model, TEXTS[:1])), GERMAN, Decoding(max_new_tokens=2))
    decoder = model.decoder.requires_grad_(True)
    states = torch.zeros(1, 3, model.width)
    decoder(input_ids=torch.tensor([[1, 4]]), encoder_hidden_states=states).logits.sum().backward()
    assert all(weight.grad is not None for weight in decoder.parameters())


def test_an_encoder_reads_the_same_with_a_decoder_beside_it(tmp_path: Path) -> None:
    model = tiny_seq2seq(tmp_path / "both")
    alone = TransformerEncoder(write_tiny_checkpoint(tmp_path / "alone"), name="tiny", device="cpu")
    (window,) = windows_of(model, ["good phone"])
    np.testing.assert_allclose(model.encode([window]).states, alone.encode([window]).states, atol=1e-2)
    assert (model.width, model.max_tokens) == (alone.width, alone.max_tokens)
    assert alone.tokenize(["good phone"]) == [[window]]


def test_a_folder_without_a_decoder_opens_and_says_so(tmp_path: Path) -> None:
    folder = write_tiny_checkpoint(tmp_path)
    model = TransformerSeq2Seq(folder, name="tiny", device="cpu")
    assert model.digest == TransformerEncoder(folder, name="tiny", device="cpu").digest
    assert (model.instructions, model.decoder_digest, model.max_new_tokens) == ((), "", 0)
    with pytest.raises(UsageError, match="has no decoder"):
        model.likelihoods(["a"], ["b"], ENGLISH)


@pytest.mark.parametrize(
    "missing", ["config.json", "model-00001-of-00002.safetensors", "tokenizer.json", "model-00002-of-00002.safetensors"]
)
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = write_tiny_seq2seq_checkpoint(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(NlptasksError, match=missing):
        _opened(folder)
    if missing != "tokenizer.json":
        (folder / missing).write_bytes(b"\x00")
        with pytest.raises(NlptasksError, match=missing):
            _opened(folder)


def _opened(folder: Path) -> None:
    """Open the encoder and the decoder."""
    model = TransformerSeq2Seq(folder, name="tiny", device="cpu")
    model.fingerprint()
    _ = model.decoder
