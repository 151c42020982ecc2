"""The folder that holds an encoder and a decoder: what lies in it, who opens it, and what its digests follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from nlptasks.errors import NlptasksError
from nlptasks.models.checkpoints import (
    DECODER,
    ENCODER,
    decoder_digest,
    decoder_settings,
    encoder_digest,
    has_decoder,
    write_seq2seq,
)
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.generation import Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.testing import write_tiny_checkpoint, write_tiny_seq2seq_checkpoint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_seq2seq_checkpoint(tmp_path_factory.mktemp("seq2seq"))


def names(path: Path) -> list[str]:
    with safe_open(path, framework="pt") as file:
        return list(file.keys())


def rewrite(source: Path, target: Path, **changes: Any) -> Path:
    """Open a checkpoint and write it again, with something else in it."""
    opened = TransformerSeq2Seq(source, name="tiny", device="cpu")
    parts: dict[str, Any] = {
        "encoder_config": opened.model.config,
        "encoder_weights": opened.model.state_dict(),
        "decoder_config": opened.decoder.config,
        "decoder_weights": opened.decoder.state_dict(),
        "decoder_tokenizer": opened.text.tokenizer,
        "encoder_files": source,
        "instructions": opened.instructions,
        "settings": opened.settings,
    }
    write_seq2seq(target, **(parts | changes))
    return target


def test_encoder_and_decoder_lie_in_files_of_their_own(folder: Path) -> None:
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    assert all(name.startswith("encoder.") for name in names(folder / ENCODER))
    assert all(name.startswith("decoder.") for name in names(folder / DECODER))
    assert sorted(index["weight_map"]) == sorted(names(folder / ENCODER) + names(folder / DECODER))
    assert "decoder.cls.predictions.decoder.weight" not in index["weight_map"]
    files = [load_file(folder / name) for name in (ENCODER, DECODER)]
    assert {weight.dtype for file in files for weight in file.values()} == {torch.float16}
    assert index["metadata"]["total_size"] == sum(weight.nbytes for file in files for weight in file.values())


def test_transformers_opens_it_as_it_is(folder: Path) -> None:
    from transformers import AutoTokenizer, EncoderDecoderModel

    model = EncoderDecoderModel.from_pretrained(folder)
    ours = TransformerSeq2Seq(folder, name="tiny", device="cpu")
    theirs = model.state_dict()
    for prefix, part in (("encoder.", ours.model), ("decoder.", ours.decoder)):
        for name, weight in part.state_dict().items():
            torch.testing.assert_close(weight, theirs[prefix + name], rtol=0, atol=0)
    assert AutoTokenizer.from_pretrained(folder)("good phone")["input_ids"][0] == 2


def test_writing_what_was_read_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = rewrite(folder, tmp_path / "again")
    for file in folder.rglob("*.*"):
        assert (again / file.relative_to(folder)).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize(
    "settings",
    [
        DecoderSettings(length_penalty=1.5),
        DecoderSettings(own={"nlptasks_anything": {"a": [1, 0.5]}}),
    ],
    ids=["length penalty", "a backbone's own"],
)
def test_settings_are_kept_and_decide_what_is_written(folder: Path, tmp_path: Path, settings: DecoderSettings) -> None:
    told = rewrite(folder, tmp_path / "told", settings=settings)
    assert TransformerSeq2Seq(told, name="tiny", device="cpu").settings == settings
    assert TransformerSeq2Seq(folder, name="tiny", device="cpu").settings == DecoderSettings()
    assert decoder_digest(told) != decoder_digest(folder)
    assert encoder_digest(told) == encoder_digest(folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"length_penalty": "long"}', '{"length_penalty": null}'])
def test_settings_that_are_damaged_are_named(folder: Path, tmp_path: Path, content: str) -> None:
    broken = rewrite(folder, tmp_path / "broken")
    (broken / "generation_config.json").write_text(content)
    with pytest.raises(NlptasksError, match=r"generation_config\.json: no settings can be read here"):
        decoder_settings(broken)


def test_a_checkpoint_can_be_written_over_itself(tmp_path: Path) -> None:
    folder = write_tiny_seq2seq_checkpoint(tmp_path)
    before = encoder_digest(folder), decoder_digest(folder)
    rewrite(folder, folder)
    assert (encoder_digest(folder), decoder_digest(folder)) == before


def test_another_decoder_leaves_the_digest_of_the_encoder(folder: Path, tmp_path: Path) -> None:
    other = TransformerSeq2Seq(folder, name="tiny", device="cpu").decoder
    weights: Mapping[str, torch.Tensor] = {name: weight + 1 for name, weight in other.state_dict().items()}
    trained = rewrite(folder, tmp_path / "trained", decoder_weights=weights)
    assert encoder_digest(trained) == encoder_digest(folder)
    assert decoder_digest(trained) != decoder_digest(folder)


def test_fewer_instructions_are_another_decoder(folder: Path, tmp_path: Path) -> None:
    fewer = rewrite(folder, tmp_path / "fewer", instructions=[Instruction("generation", "en")])
    assert encoder_digest(fewer) == encoder_digest(folder)
    assert decoder_digest(fewer) != decoder_digest(folder)


def test_another_encoder_has_another_digest(folder: Path, tmp_path: Path) -> None:
    other = write_tiny_seq2seq_checkpoint(tmp_path, seed=1)
    assert encoder_digest(other) != encoder_digest(folder)
    assert decoder_digest(other) != decoder_digest(folder)


def test_an_instruction_without_a_token_is_refused_before_anything_is_written(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NlptasksError, match="no token <to:xx>"):
        rewrite(folder, tmp_path / "new", instructions=[Instruction("translation", "xx")])
    assert not (tmp_path / "new").exists()


def test_which_folders_have_a_decoder(folder: Path, tmp_path: Path) -> None:
    assert has_decoder(folder)
    alone = write_tiny_checkpoint(tmp_path)
    assert not has_decoder(alone)
    (alone / "config.json").write_text("{")
    with pytest.raises(NlptasksError, match="not JSON"):
        has_decoder(alone)
    (alone / "config.json").write_text("[]")
    with pytest.raises(NlptasksError, match="not the configuration of a model"):
        has_decoder(alone)
    (alone / "config.json").write_text('{"model_type": "encoder-decoder", "encoder": {}, "decoder": {}}')
    with pytest.raises(NlptasksError, match="no key 'nlptasks_instructions'"):
        has_decoder(alone)
