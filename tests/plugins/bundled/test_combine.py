from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nlptasks.errors import NlptasksError
from nlptasks.models.checkpoints import DECODER, ENCODER, decoder_settings, write_seq2seq
from nlptasks.models.decoder_settings import DecoderSettings, NeuralCache
from nlptasks.testing import tiny_encoder, tiny_seq2seq
from nlptasks_bundled.training.combine import combine, main
from nlptasks_bundled.training.decoder.model import grown


def test_an_encoder_with_the_mean_of_two_decoders(tmp_path: Path) -> None:
    one, other, output = tmp_path / "one", tmp_path / "other", tmp_path / "both"
    tiny_seq2seq(one)
    tiny_seq2seq(other, seed=1)
    combine(other, [one, other], output)
    assert (output / ENCODER).read_bytes() == (other / ENCODER).read_bytes()
    first, second, found = (load_file(folder / DECODER) for folder in (one, other, output))
    assert any(not torch.equal(first[name], second[name]) for name in first)
    for name, weight in found.items():
        assert torch.equal(weight, ((first[name].float() + second[name].float()) / 2).half())


def test_one_decoder_stays_as_it_is(tmp_path: Path) -> None:
    tiny_seq2seq(tmp_path / "one")
    combine(tmp_path / "one", [tmp_path / "one"], tmp_path / "same")
    assert (tmp_path / "same" / DECODER).read_bytes() == (tmp_path / "one" / DECODER).read_bytes()


def test_placeholders_that_one_of_them_learnt_are_kept(tmp_path: Path) -> None:
    one, other, different = (tmp_path / name for name in ("one", "other", "different"))
    tiny_seq2seq(one)
    tiny_seq2seq(other, settings=DecoderSettings(placeholders=("Tom", "Mary")))
    tiny_seq2seq(different, settings=DecoderSettings(placeholders=("Tom", "Ann")))
    combine(one, [one, other], tmp_path / "both")
    assert decoder_settings(tmp_path / "both").placeholders == ("Tom", "Mary")
    with pytest.raises(NlptasksError, match="different placeholders"):
        combine(one, [one, other, different], tmp_path / "all")


def test_settings_are_the_given_or_the_first_decoders(tmp_path: Path) -> None:
    one, told, cache = tmp_path / "one", tmp_path / "told", {"generation": NeuralCache(0.3, 10.0)}
    tiny_seq2seq(one)
    combine(one, [one], told, length_penalty=1.5, neural_cache=cache)
    combine(one, [told, one], tmp_path / "same")
    wanted = DecoderSettings(length_penalty=1.5, neural_cache=cache)
    assert [decoder_settings(folder) for folder in (one, told, tmp_path / "same")] == [
        DecoderSettings(),
        wanted,
        wanted,
    ]


def test_the_command_says_how_the_decoder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, told = str(tmp_path / "one"), tmp_path / "told"
    tiny_seq2seq(tmp_path / "one")
    cache = ("--neural-cache", "generation", "0.3", "10")
    monkeypatch.setattr("sys.argv", ["combine", one, one, str(told), "--length-penalty", "1.5", *cache])
    main()
    assert decoder_settings(told).length_penalty == 1.5
    assert decoder_settings(told).neural_cache == {"generation": NeuralCache(0.3, 10.0)}
    for share in ("1", "much"):
        monkeypatch.setattr("sys.argv", ["combine", one, one, str(told), *cache[:2], share, "10"])
        with pytest.raises(SystemExit, match="1"):
            main()


def test_an_encoder_alone_is_no_decoder(tmp_path: Path) -> None:
    tiny_seq2seq(tmp_path / "one")
    tiny_encoder(tmp_path / "alone")
    with pytest.raises(NlptasksError, match="has no decoder"):
        combine(tmp_path / "one", [tmp_path / "alone"], tmp_path / "both")


def test_decoders_of_different_depth_have_no_mean(tmp_path: Path) -> None:
    one, deeper = tiny_seq2seq(tmp_path / "one"), tmp_path / "deeper"
    decoder = grown(one.decoder, 1)
    write_seq2seq(
        deeper,
        encoder_config=one.model.config,
        encoder_weights=one.model.state_dict(),
        decoder_config=decoder.config,
        decoder_weights=decoder.state_dict(),
        decoder_tokenizer=one.text.tokenizer,
        encoder_files=tmp_path / "one",
        instructions=one.instructions,
        settings=one.settings,
    )
    with pytest.raises(NlptasksError, match="different numbers of layers"):
        combine(tmp_path / "one", [tmp_path / "one", deeper], tmp_path / "both")
