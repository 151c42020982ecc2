"""Texts are decoded, and tokenizers restored, as transformers 4 did it."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from nlptasks_hub.checkpoints.saved_tokenizer import restore
from nlptasks_hub.pipelines.decoding import cleaned, decode


@pytest.mark.parametrize(
    ("text", "expected"),
    # What ``clean_up_tokenization`` of transformers 4.57.6 returned.
    [
        ("Hello , world !", "Hello, world!"),
        ("don't they 're can't . ? !", "don't they're can't.?!"),
        ("do n't I 'm it 's we 've", "don't I'm it's we've"),
        ("rock ' n roll", "rock'n roll"),
        ("a .b ; c", "a.b ; c"),
        ("  .", " ."),
        ("", ""),
    ],
)
def test_clean_up(text: str, expected: str) -> None:
    assert cleaned(text) == expected


def test_clean_up_works_for_byte_level_tokenizers(gpt2: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(gpt2)
    ids = tokenizer("Hello , world !<|endoftext|>")["input_ids"]
    assert decode(tokenizer, ids) == "Hello , world !"
    assert decode(tokenizer, ids, clean_up=True) == "Hello, world!"
    assert decode(tokenizer, ids, skip_special=False) == "Hello , world !<|endoftext|>"


def test_a_tokenizer_cuts_as_its_file_says(t5: Path) -> None:
    from tokenizers import Tokenizer

    saved = Tokenizer.from_file(str(t5 / "tokenizer.json"))
    built = AutoTokenizer.from_pretrained(t5)
    restored = restore(AutoTokenizer.from_pretrained(t5), t5)
    for text in ("The movie was wonderful.", "  two  spaces ", "a\nb", ""):
        assert restored(text)["input_ids"] == saved.encode(text).ids
    assert built("The movie")["input_ids"] != saved.encode("The movie").ids


def test_a_tokenizer_without_that_file_stays_as_it_is(marian: Path, tmp_path: Path, t5: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(t5)
    before = tokenizer("The movie")["input_ids"]
    assert restore(tokenizer, tmp_path)("The movie")["input_ids"] == before
