"""Text to ids of a decoder and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, models

from nlptasks.errors import NlptasksError
from nlptasks.models.decoder_vocabulary import FILE, PREFIX, DecoderText, special_tokens, told_tokens
from nlptasks.models.generation import Instruction
from nlptasks.testing import write_tiny_seq2seq_checkpoint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_seq2seq_checkpoint(tmp_path_factory.mktemp("seq2seq"))


def test_special_tokens_and_the_prefix(folder: Path) -> None:
    instructions = [Instruction("translation", "fr"), Instruction("generation", "en"), Instruction("translation", "de")]
    tokens = special_tokens(instructions)
    assert tokens[:4] == ("<pad>", "<s>", "</s>", "<mask>")
    assert tokens[4:] == ("<task:generation>", "<task:translation>", "<to:de>", "<to:en>", "<to:fr>")
    text = DecoderText.load(folder)
    assert (text.pad, text.start, text.end) == (0, 1, 2)
    prefix = text.prefix(instructions[0])
    assert len(prefix) == PREFIX
    assert [text.tokenizer.id_to_token(at) for at in prefix] == ["<s>", "<task:translation>", "<to:fr>"]
    assert [text.tokenizer.id_to_token(at) for at in text.special[:4]] == list(tokens[:4])


def test_one_token_tells_the_task_and_the_language_of_a_newer_decoder(folder: Path) -> None:
    instructions = [Instruction("translation", "fr"), Instruction("generation", "en")]
    tokens = told_tokens(instructions)
    assert tokens == ("<pad>", "<s>", "</s>", "<mask>", "<generation:en>", "<translation:fr>")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens])
    text = DecoderText(tokenizer)
    assert [text.tokenizer.id_to_token(at) for at in text.prefix(instructions[0])] == ["<translation:fr>"]
    assert (text.joint, DecoderText.load(folder).joint) == (True, False)
    with pytest.raises(NlptasksError, match="has no token <task:translation>"):
        text.prefix(Instruction("translation", "de"))


def test_text_that_looks_like_a_special_token_is_text(folder: Path) -> None:
    text = DecoderText.load(folder)
    for written in ("a</s> <pad>b", "<to:de>", "Äpfel 👍 e\u0301", ""):
        (ids,) = text.encode([written])
        assert not set(ids) & set(text.special)
        assert text.decode(ids) == written
        assert text.decode([*text.prefix(Instruction("generation", "en")), *ids, text.end]) == written


def test_half_a_character_at_the_end_is_dropped(folder: Path) -> None:
    text = DecoderText.load(folder)
    (ids,) = text.encode(["a👍"])
    assert [text.decode(ids[:count]) for count in range(len(ids) + 1)] == ["", "a", "a", "a", "a", "a👍"]


def test_a_vocabulary_that_is_missing_or_damaged_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NlptasksError, match=FILE):
        DecoderText.load(tmp_path)
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text("{}")
    with pytest.raises(NlptasksError, match=FILE):
        DecoderText.load(tmp_path)
    with pytest.raises(NlptasksError, match="no token <pad>"):
        DecoderText(Tokenizer.from_file(str(folder / "tokenizer.json")))


def test_offsets_are_characters_of_the_text(folder: Path) -> None:
    text = DecoderText.load(folder)
    written = "a film"
    ((ids, offsets),) = text.encode_with_offsets([written])
    assert ids == text.encode([written])[0]
    assert "".join(written[start:end] for start, end in offsets) == written


def test_sizes_are_bytes_and_special_tokens_have_none(folder: Path) -> None:
    text = DecoderText.load(folder)
    for written in ("a film", "Äpfel 👍"):
        (ids,) = text.encode([written])
        assert text.sizes[ids].sum() == len(written.encode())
    assert text.sizes[list(text.special)].sum() == 0
    assert len(text.sizes) == text.size
