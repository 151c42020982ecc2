"""The decoder at work: greedy, beams and draws against transformers, in any batch, and how probable texts are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlptasks.errors import UsageError
from nlptasks.models.generation import USUAL_PENALTY, Continuation, Decoding, Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.plugin.protocols import HiddenStates, Window
from nlptasks.testing import HARD_TEXTS, check_generator, tiny_seq2seq, write_tiny_seq2seq_checkpoint

GERMAN = Instruction("translation", "de")
ENGLISH = Instruction("generation", "en")

WORDS = ("good", "bad", "great", "broken", "phone", "film", "not", "very", "and", "but", "the", "a", "is", "works")

#: 32 texts of 1 to 23 words.
TEXTS = tuple(
    " ".join(WORDS[(at * 5 + word * (at + 3)) % len(WORDS)] for word in range(at % 23 + 1)) for at in range(32)
)

DECODINGS = (
    Decoding(),
    Decoding(no_repeat=2, max_new_tokens=20),
    Decoding(beams=4),
    Decoding(beams=3, length_penalty=2.0, no_repeat=3),
    Decoding(beams=2, length_penalty=0.6, max_new_tokens=20),
    Decoding(beams=4, max_new_tokens=7),
    Decoding(temperature=1.0, seed=3),
    Decoding(temperature=0.7, top_p=0.8, samples=3),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TransformerSeq2Seq:
    return tiny_seq2seq(tmp_path_factory.mktemp("seq2seq"))


def windows_of(model: TransformerSeq2Seq, texts: Sequence[str]) -> list[Window]:
    return [row[0] for row in model.tokenize(texts, max_windows=1)]


def written(
    model: TransformerSeq2Seq, texts: Sequence[str], decoding: Decoding, instruction: Instruction = GERMAN
) -> list[list[Continuation]]:
    return model.generate(model.encode(windows_of(model, texts)), instruction, decoding)


def ids_of(model: TransformerSeq2Seq, texts: Sequence[str], decoding: Decoding) -> list[tuple[str, int, bool]]:
    return [(c.text, c.tokens, c.complete) for row in written(model, texts, decoding) for c in row]


def test_it_does_what_every_generator_must(model: TransformerSeq2Seq) -> None:
    check_generator(model)


def test_the_check_sees_a_text_that_depends_on_its_batch(model: TransformerSeq2Seq) -> None:
    class Careless(TransformerSeq2Seq):
        def __init__(self) -> None:
            self.__dict__ = model.__dict__

        def generate(
            self, states: HiddenStates, instruction: Instruction, decoding: Decoding
        ) -> list[list[Continuation]]:
            rows = super().generate(states, instruction, decoding)
            return [[replace(item, text=f"{item.text} {len(rows)}") for item in row] for row in rows]

    with pytest.raises(AssertionError, match="a batch of one gives another text"):
        check_generator(Careless())


# ---------------------------------------------------------- as transformers


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("decoding", [item for item in DECODINGS if not item.temperature], ids=str)
def test_writes_what_transformers_writes(tmp_path: Path, seed: int, decoding: Decoding) -> None:
    from transformers import EncoderDecoderModel

    ours = tiny_seq2seq(tmp_path, seed=seed)
    theirs = EncoderDecoderModel.from_pretrained(tmp_path).eval()
    texts = TEXTS[seed::4]
    prefix = torch.tensor([ours.text.prefix(GERMAN)])
    for window, row in zip(windows_of(ours, texts), written(ours, texts, decoding), strict=True):
        expected = theirs.generate(
            input_ids=torch.tensor([window.ids]),
            attention_mask=torch.ones(1, len(window), dtype=torch.long),
            decoder_input_ids=prefix,
            max_new_tokens=min(decoding.max_new_tokens, ours.max_new_tokens),
            num_beams=decoding.beams,
            do_sample=False,
            length_penalty=USUAL_PENALTY if decoding.length_penalty is None else decoding.length_penalty,
            no_repeat_ngram_size=decoding.no_repeat,
            early_stopping=False,
        )[0, prefix.shape[1] :].tolist()
        assert (row[0].text, row[0].tokens) == (ours.text.decode(expected), len(expected))
        assert row[0].complete == (expected[-1] == ours.text.end)


def test_a_length_penalty_that_is_left_out_is_the_decoders_own(tmp_path: Path) -> None:
    ours = tiny_seq2seq(tmp_path)
    usual, given, none = (ids_of(ours, TEXTS, Decoding(beams=4, length_penalty=lp)) for lp in (1.0, -2.0, None))
    assert none == usual != given
    settings = tmp_path / "generation_config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"length_penalty": -2.0}))
    assert ids_of(TransformerSeq2Seq(tmp_path, name="tiny", device="cpu"), TEXTS, Decoding(beams=4)) == given


def test_the_log_probability_is_that_of_the_text(model: TransformerSeq2Seq) -> None:
    """Written texts, read again: ``likelihoods`` must say of each what its writer said."""
    for decoding in DECODINGS:
        checked = 0
        for prompt, row in zip(TEXTS, written(model, TEXTS, decoding, ENGLISH), strict=True):
            for found in row:
                if found.complete and len(model.text.encode([found.text])[0]) + 1 == found.tokens:
                    (again,) = model.likelihoods([prompt], [found.text], ENGLISH)
                    assert again.tokens == found.tokens
                    assert again.nll == pytest.approx(-found.log_probability, abs=1e-3)
                    checked += 1
        assert checked > 5


# ------------------------------------------------------------- in any batch


@pytest.mark.parametrize("decoding", DECODINGS, ids=str)
def test_a_text_does_not_depend_on_its_batch(model: TransformerSeq2Seq, decoding: Decoding) -> None:
    together = ids_of(model, TEXTS, decoding)
    assert [item for text in TEXTS for item in ids_of(model, [text], decoding)] == together
    size = decoding.samples
    reverse = ids_of(model, TEXTS[::-1], decoding)
    assert [reverse[at : at + size] for at in range(0, len(reverse), size)][::-1] == [
        together[at : at + size] for at in range(0, len(together), size)
    ]


def test_a_batch_of_more_rows_than_are_written_at_a_time(model: TransformerSeq2Seq) -> None:
    decoding = Decoding(beams=20, max_new_tokens=5)  # 12 sources at a time
    assert ids_of(model, TEXTS, decoding) == [ids_of(model, [text], decoding)[0] for text in TEXTS]


def test_some_texts_end_and_others_are_cut(model: TransformerSeq2Seq) -> None:
    found = [row[0] for row in written(model, TEXTS, Decoding())]
    assert {item.complete for item in found} == {True, False}
    assert all(item.tokens == model.max_new_tokens for item in found if not item.complete)
    assert len({item.text for item in found}) > 5


def test_the_end_counts_and_the_limit_is_kept(model: TransformerSeq2Seq) -> None:
    for decoding in (Decoding(max_new_tokens=1), Decoding(max_new_tokens=1, beams=3)):
        for (item,) in written(model, TEXTS, decoding):
            assert item.tokens == 1
            assert item.complete == (item.text == "")
    assert all(row[0].tokens <= 61 for row in written(model, TEXTS[:4], Decoding(max_new_tokens=10_000)))


# -------------------------------------------------------------------- rules


@given(st.sampled_from(TEXTS), st.integers(1, 4), st.sampled_from([(1, 0.0), (3, 0.0), (1, 1.5)]))
@settings(max_examples=30)
def test_no_n_gram_occurs_twice(model: TransformerSeq2Seq, text: str, size: int, how: tuple[int, float]) -> None:
    decoding = Decoding(no_repeat=size, beams=how[0], temperature=how[1])
    ((found,),) = written(model, [text], decoding)
    # Bytes that are no character are lost in the text; most texts have none.
    ids = model.text.encode([found.text])[0]
    if len(ids) + found.complete == found.tokens:
        grams = [tuple(ids[at : at + size]) for at in range(len(ids) - size + 1)]
        assert len(grams) == len(set(grams))


@given(st.floats(0.1, 50), st.floats(0.01, 1), st.integers(0, 2**32))
@settings(max_examples=20)
def test_drawn_text_is_text(model: TransformerSeq2Seq, temperature: float, top_p: float, seed: int) -> None:
    decoding = Decoding(temperature=temperature, top_p=top_p, seed=seed, samples=2)
    for item in (item for row in written(model, TEXTS[:3], decoding) for item in row):
        assert not item.text.endswith("\N{REPLACEMENT CHARACTER}")
        assert not any(token in item.text for token in ("<pad>", "<s>", "</s>", "<mask>", "<task:", "<to:"))
        assert item.log_probability < 0


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(temperature=1.0, top_p=0.9)], ids=str)
def test_special_tokens_are_never_written_however_probable(tmp_path: Path, decoding: Decoding) -> None:
    model = tiny_seq2seq(tmp_path)
    before = ids_of(model, TEXTS[:8], decoding)
    special = [at for at in model.text.special if at != model.text.end]
    model.decoder.cls.predictions.bias.data[special] += 30.0
    assert ids_of(model, TEXTS[:8], decoding) == before


def test_a_small_nucleus_is_greedy(model: TransformerSeq2Seq) -> None:
    assert ids_of(model, TEXTS, Decoding(temperature=1.0, top_p=1e-6)) == ids_of(model, TEXTS, Decoding())


def test_draws_follow_the_seed_and_the_sample(model: TransformerSeq2Seq) -> None:
    one, again, other = (written(model, TEXTS, Decoding(temperature=1.0, samples=4, seed=s)) for s in (0, 0, 1))
    assert one == again != other
    assert len({item.text for item in one[0]}) > 1
    two = written(model, TEXTS, Decoding(temperature=1.0, samples=2))
    assert [[c.text for c in row[:2]] for row in one] == [[c.text for c in row] for row in two]


def test_what_is_not_drawn_is_the_same_for_all_samples(model: TransformerSeq2Seq) -> None:
    (row,) = written(model, TEXTS[:1], Decoding(beams=2, samples=3))
    assert len(row) == 3
    assert len(set(row)) == 1


def test_draws_have_the_probabilities_of_the_decoder(model: TransformerSeq2Seq) -> None:
    count = 2_000
    (row,) = written(model, TEXTS[:1], Decoding(temperature=1.0, samples=count, max_new_tokens=1))
    share = sum(item.complete for item in row) / count
    (found,) = model.likelihoods(TEXTS[:1], [""], GERMAN)
    expected = float(torch.tensor(-found.nll).exp())
    assert abs(share - expected) < 4 * (expected * (1 - expected) / count) ** 0.5


# -------------------------------------------------------------- likelihoods


def by_hand(model: TransformerSeq2Seq, source: str, ids: Sequence[int]) -> float:
    """Nats of tokens behind a source, from one forward pass."""
    (window,) = model.endings([source])
    states = model.encode([window])
    prefix = model.text.prefix(ENGLISH)
    with torch.inference_mode():
        logits = model.decoder(
            input_ids=torch.tensor([[*prefix, *ids[:-1]]]), encoder_hidden_states=torch.tensor(states.states)
        ).logits[0, len(prefix) - 1 :]
    return -float(logits.log_softmax(1)[range(len(ids)), list(ids)].sum())


def test_nats_are_the_sum_of_log_probabilities(model: TransformerSeq2Seq) -> None:
    found = model.likelihoods(TEXTS, [text[::-1] for text in TEXTS], ENGLISH)
    for prompt, text, item in zip(TEXTS, (text[::-1] for text in TEXTS), found, strict=True):
        ids = [*model.text.encode([text])[0], model.text.end]
        if len(ids) <= model.max_new_tokens:
            assert item.tokens == len(ids)
            assert item.nll == pytest.approx(by_hand(model, prompt, ids), rel=1e-5)


def test_a_long_text_is_read_in_pieces_each_behind_what_is_before_it(model: TransformerSeq2Seq) -> None:
    text = "Good things, Äpfel and oranges: " * 8
    ids = model.text.encode([text])[0]
    size = model.max_new_tokens - 1
    assert len(ids) > 3 * size
    pieces = [ids[at : at + size] for at in range(0, len(ids), size)]
    pieces[-1] = [*pieces[-1], model.text.end]
    expected, before = 0.0, 0
    for piece in pieces:
        expected += by_hand(model, "the phone. " + model.text.decode(ids[:before]), piece)
        before += size
    (found,) = model.likelihoods(["the phone. "], [text], ENGLISH)
    assert found.tokens == len(ids) + 1
    assert found.nll == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_where_a_text_just_fits(model: TransformerSeq2Seq, extra: int) -> None:
    count = model.max_new_tokens - 1 + extra
    (found,) = model.likelihoods([""], ["x" * count], ENGLISH)
    assert found.tokens == count + 1


def test_the_probabilities_of_all_short_texts_sum_to_less_than_one(model: TransformerSeq2Seq) -> None:
    """With the end counted, no code is the beginning of another: Kraft's inequality."""
    tokens = [model.text.decode([at]) for at in range(model.text.size) if at not in model.text.special]
    texts = sorted({token for token in tokens if token})
    found = model.likelihoods(["good"] * (len(texts) + 1), ["", *texts], ENGLISH)
    assert sum(float(torch.tensor(-item.nll).exp()) for item in found) < 1


def test_every_text_has_a_likelihood_in_any_order(model: TransformerSeq2Seq) -> None:
    texts = ["", *(text[:2_000] for text in HARD_TEXTS), "a\ud800b"]
    found = model.likelihoods([""] * len(texts), texts, ENGLISH)
    again = model.likelihoods([""] * len(texts), texts[::-1], ENGLISH)[::-1]
    for item, other in zip(found, again, strict=True):
        assert item.tokens == other.tokens >= 1
        assert 0 < item.nll == pytest.approx(other.nll, rel=1e-5)
    assert model.likelihoods([], [], ENGLISH) == []


def test_the_language_matters(model: TransformerSeq2Seq) -> None:
    german, french = (model.likelihoods(["good"], ["gut"], Instruction("translation", to))[0] for to in ("de", "fr"))
    assert german.nll != french.nll


# ------------------------------------------------------------------ endings


@given(st.lists(st.sampled_from(WORDS), max_size=900), st.integers(4, 64))
def test_an_ending_is_the_end_of_the_whole_text(model: TransformerSeq2Seq, words: list[str], size: int) -> None:
    text = " ".join(words)
    whole = [token for window in model.tokenize([text])[0] for token in window.ids[1:-1]]
    (window,) = model.endings([text], max_tokens=size)
    assert window.ids[1:-1] == tuple(whole[-(size - 2) :])
    assert (window.ids[0], window.ids[-1], window.start) == (2, 3, 1)


def test_the_ending_of_a_text_that_is_mostly_white_space(model: TransformerSeq2Seq) -> None:
    text = "good " + " " * 5_000 + "phone works"
    assert model.endings([text]) == model.endings(["good phone works"])
    assert model.endings([""]) == model.tokenize([""])[0]


# ------------------------------------------------------------------- others


def test_an_instruction_that_it_was_not_trained_for(model: TransformerSeq2Seq) -> None:
    with pytest.raises(UsageError, match="not trained for translation in it") as error:
        model.likelihoods(["a"], ["b"], Instruction("translation", "it"))
    assert "translation in de, translation in fr" in error.value.hint


def test_bfloat16_writes_and_scores(tmp_path: Path, model: TransformerSeq2Seq) -> None:
    half = TransformerSeq2Seq(write_tiny_seq2seq_checkpoint(tmp_path), name="tiny", device="cpu", dtype="bfloat16")
    for decoding in DECODINGS:
        assert all(item.tokens > 0 for row in written(half, TEXTS[:4], decoding) for item in row)
    near, full = (each.likelihoods(TEXTS[:4], TEXTS[4:8], ENGLISH) for each in (half, model))
    for one, other in zip(near, full, strict=True):
        assert one.nll == pytest.approx(other.nll, rel=0.05)
