"""The tokenizer of a checkpoint, read without transformers, makes the tokens that transformers makes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import NlptasksError
from nlptasks.models.tokenizer import EncoderTokenizer
from nlptasks.testing import HARD_TEXTS, write_tiny_checkpoint


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Ours and that of transformers."""
    from transformers import AutoTokenizer

    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("tokenizer"))
    return EncoderTokenizer.read(folder), AutoTokenizer.from_pretrained(folder)


def windows(tokenizer, texts, questions=(), room=64, **more):
    settings = {"max_windows": 0, "overlap": 0, "questions_last": False, "offsets": False} | more
    return tokenizer.windows(texts, room, questions=questions, **settings)


def agree(both, text):
    ours, theirs = both
    (row,) = windows(ours, [text], room=512)
    ids = [token for window in row for token in window.ids[1:-1]]
    assert ids == theirs(text.encode("utf-8", "replace").decode(), add_special_tokens=False)["input_ids"]


@given(st.text(max_size=120))
def test_any_text_has_the_tokens_of_transformers(both, text):
    agree(both, text)


@pytest.mark.parametrize("text", [*HARD_TEXTS, "a [MASK] b [SEP] c [PAD]", "[CLS]", "GOOD [sep]"])
def test_hard_texts_and_special_tokens_too(both, text):
    agree(both, text)


def test_pairs_are_framed_as_transformers_frames_them(both):
    ours, theirs = both
    ((window,),) = windows(ours, ["the film is good"], ["is it bad"])
    expected = theirs("is it bad", "the film is good")
    assert window.ids == tuple(expected["input_ids"])
    assert window.types == tuple(expected["token_type_ids"])
    ((window,),) = windows(ours, ["the film is good"], ["is it bad"], questions_last=True)
    assert window.ids == tuple(theirs("the film is good", "is it bad")["input_ids"])


def test_the_padding_is_that_of_the_settings(both):
    ours, theirs = both
    assert ours.pad == theirs.pad_token_id


def test_an_ending_is_the_end_of_the_text(both):
    ours, _ = both
    text = " ".join(["good film", "bad phone"] * 300)
    ((*_, last),) = windows(ours, [text], room=10_000)
    assert ours.ending(text, 12).ids[1:-1] == last.ids[1:-1][-10:]


def test_special_tokens_may_be_objects(tmp_path):
    folder = write_tiny_checkpoint(tmp_path)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"pad_token": {"content": "[PAD]", "special": True}}))
    assert EncoderTokenizer.read(folder).pad == EncoderTokenizer.read(folder).backend.token_to_id("[PAD]")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tokenizer.json", b"{}", "no tokenizer can be read here"),
        ("tokenizer.json", b"\xff", "no tokenizer can be read here"),
        ("tokenizer_config.json", b"[", "not JSON"),
        ("tokenizer_config.json", b"[]", "not the settings of a tokenizer"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, name, content, said):
    folder = write_tiny_checkpoint(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(NlptasksError, match=f"{name}: {said}"):
        EncoderTokenizer.read(folder)
