"""The tokenizer cuts as SentencePiece does with the same pieces, and normalises as the table in the file says."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import sentencepiece_model_pb2 as proto

from nlptasks.models.weights import read_bytes
from nlptasks.testing import HARD_TEXTS
from nlptasks_multilingual.vocabulary import PREFIX, SPECIAL, VOCABULARY, kept, packed


@pytest.fixture(scope="module")
def oracle(file):
    """SentencePiece itself, with the kept pieces and no normalisation but that of spaces."""
    model = proto.ModelProto()
    for number, (piece, score) in enumerate(file.vocabulary.chosen(kept(read_bytes(VOCABULARY)))):
        kind = {0: 3, 1: 3, 2: 3, 3: 2}.get(number, 1)  # control, unknown, normal
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.model_type = proto.TrainerSpec.UNIGRAM
    asked = model.trainer_spec
    asked.bos_id, asked.pad_id, asked.eos_id, asked.unk_id = range(4)
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def agree(encoder, oracle, text):
    backend = encoder.tokenizer
    ids = backend.encode(text, add_special_tokens=False).ids
    assert ids == oracle.encode(backend.normalizer.normalize_str(text))


#: More languages than those of the hard texts, and spaces.
MORE = ("अच्छा फिल्म", "ร้านนี้ดี", "정말 좋아요", "a  b\tc\n")


@pytest.mark.parametrize("text", [*(text[:500] for text in HARD_TEXTS), *MORE])
def test_hard_texts(encoder, oracle, text):
    agree(encoder, oracle, text.encode("utf-8", "replace").decode())


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text(encoder, oracle, text):
    agree(encoder, oracle, text)


def test_characters_are_normalised_as_the_table_in_the_file_says(content, encoder):
    normalised = encoder.tokenizer.normalizer.normalize_str
    table = characters(content)
    assert len(table) > 4_000
    made = {character: normalised(f"7{character}7")[1:-1] for character in table}  # digits: accents join letters
    assert made == table


def characters(content):
    """The table: a character, how many it becomes, and these."""
    pieces, length = struct.unpack_from("<i16xQ", content, 44)
    at = 44 + 28 + 4 * (pieces + 1) + 4 * pieces + length
    _, size = struct.unpack_from("<iI", content, at)
    at, end, found = at + 8, at + 8 + size, {}
    while at < end:
        character, count = struct.unpack_from("<IB", content, at)
        found[chr(character)] = "".join(map(chr, struct.unpack_from(f"<{count}I", content, at + 5)))
        at += 5 + 4 * count
    return found


def test_the_prefix_is_what_query_is_cut_into(encoder):
    assert encoder.tokenizer.encode("query:", add_special_tokens=False).tokens == list(PREFIX)
    ((window,),) = encoder.tokenize(["ab"])
    ((plain,),) = encoder.tokenize([""])
    assert [encoder.tokenizer.id_to_token(number) for number in plain.ids] == ["<s>", *PREFIX, "</s>"]
    assert window.start == len(PREFIX) + 1


def test_what_is_kept(file, encoder):
    numbers = kept(read_bytes(VOCABULARY))
    assert len(numbers) == encoder.tokenizer.get_vocab_size()
    assert [piece for piece, _ in file.vocabulary.chosen(numbers[:4])] == list(SPECIAL.values())
    assert "<mask>" not in encoder.tokenizer.get_vocab()


def test_packing_and_back():
    numbers = [0, 3, 8, 250_001]
    assert kept(packed(numbers, 250_002)).tolist() == numbers
    assert kept(packed([], 9)).dtype == np.int64
