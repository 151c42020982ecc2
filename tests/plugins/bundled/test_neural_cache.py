"""What a text's own past says of what comes next: against plain loops, step by step, and on a tiny decoder."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.testing import check_generator, tiny_seq2seq, write_tiny_seq2seq_checkpoint
from nlptasks_bundled.neural_cache import POSITIONS, Floats, Integers, foretold, no_past, remembered, reread
from nlptasks_bundled.seq2seq import BundledSeq2Seq
from nlptasks_bundled.settings import BundledSettings, NeuralCache

VOCABULARY, WIDTH = 7, 4
WRITE = Instruction("generation", "en")

caches = st.builds(NeuralCache, st.floats(0.01, 0.99), st.floats(0.1, 30))


def text(seed: int, length: int) -> tuple[Floats, Floats, Integers]:
    """Log-probabilities of every token, states and tokens of a text."""
    draw = np.random.default_rng(seed)
    log_probs = np.log(draw.dirichlet(np.ones(VOCABULARY), length).astype(np.float32) + np.float32(1e-6))
    log_probs -= np.logaddexp.reduce(log_probs, axis=1, keepdims=True)
    tokens = draw.integers(VOCABULARY, size=length)
    return log_probs, draw.standard_normal((length, WIDTH), dtype=np.float32), tokens


def by_the_book(cache: NeuralCache, log_probs: Floats, states: Floats, tokens: Integers) -> list[float]:
    """Nats of each token, by the formula."""
    lengths = np.linalg.norm(states, axis=1)
    found, cosines = [], (states @ states.T / lengths[:, None] / lengths[None]).tolist()
    for at, token in enumerate(tokens.tolist()):
        alike = [math.exp(cache.sharpness * (cosines[at][before] - 1)) for before in range(at)]
        total = sum(alike)
        told = sum(count for before, count in enumerate(alike) if tokens[before] == token)
        share = cache.share * total / (total + 1)
        said = share * told / total if total else 0.0
        found.append(-math.log((1 - share) * math.exp(float(log_probs[at, token])) + said))
    return found


@given(cache=caches, seed=st.integers(0, 99), length=st.integers(1, 12), cut=st.integers(1, 12))
def test_what_is_read_costs_what_the_formula_says_however_it_is_cut(
    cache: NeuralCache, seed: int, length: int, cut: int
) -> None:
    log_probs, states, tokens = text(seed, length)
    nll, past, found = -np.take_along_axis(log_probs, tokens[:, None], axis=1)[:, 0], no_past(states[0]), []
    for start in range(0, length, cut):
        part = slice(start, start + cut)
        mixed, past = reread(cache, nll[part], states[part], tokens[part], past)
        found += mixed.tolist()
    assert found == pytest.approx(by_the_book(cache, log_probs, states, tokens), abs=1e-4)


@given(cache=caches, seed=st.integers(0, 99), length=st.integers(1, 12))
def test_what_is_written_has_the_probabilities_that_are_read(cache: NeuralCache, seed: int, length: int) -> None:
    rows = [text(seed + more, length) for more in range(3)]
    log_probs, states, tokens = (np.stack(part) for part in zip(*rows, strict=True))
    expected, past = [by_the_book(cache, *row) for row in rows], no_past(states[:, 0])
    for at in range(length):
        mixed = foretold(cache, log_probs[:, at], states[:, at], past)
        np.testing.assert_allclose(np.exp(mixed).sum(axis=1), np.ones(3), rtol=1e-4)
        found = -np.take_along_axis(mixed, tokens[:, at, None], axis=1)[:, 0]
        assert found.tolist() == pytest.approx([nll[at] for nll in expected], abs=1e-4)
        past = remembered(past, states[:, at], tokens[:, at])


def test_no_more_is_remembered_than_fits() -> None:
    log_probs, states, tokens = text(0, POSITIONS + 5)
    nll = -np.take_along_axis(log_probs, tokens[:, None], axis=1)[:, 0]
    _, past = reread(NeuralCache(0.3, 10.0), nll, states, tokens, no_past(states[0]))
    assert past.tokens.tolist() == tokens[5:].tolist()
    assert past.keys.shape == (POSITIONS, WIDTH)


# --------------------------------------------------------------- a decoder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> TransformerSeq2Seq:
    return tiny_seq2seq(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> BundledSeq2Seq:
    own = BundledSettings(neural_cache={"generation": NeuralCache(0.4, 8.0)}).as_own()
    folder = write_tiny_seq2seq_checkpoint(tmp_path_factory.mktemp("cached"), settings=DecoderSettings(own=own))
    return BundledSeq2Seq(folder, name="tiny", device="cpu")


def nll(model: TransformerSeq2Seq, *texts: str) -> list[float]:
    return [found.nll for found in model.likelihoods([""] * len(texts), texts, WRITE)]


def test_a_decoder_with_a_cache_does_what_every_generator_must(cached: BundledSeq2Seq) -> None:
    check_generator(cached)


def test_a_text_that_says_the_same_again_is_more_probable(plain: TransformerSeq2Seq, cached: BundledSeq2Seq) -> None:
    """Random weights expect nothing of what is repeated, so that the cache alone can tell."""
    again = "xq zv " * 100  # more than a piece: the later ones know what the earlier ones said
    assert len(cached.text.encode([again])[0]) > 2 * cached.max_new_tokens
    assert nll(cached, again)[0] < 0.8 * nll(plain, again)[0]


def test_texts_do_not_remember_each_other(cached: BundledSeq2Seq) -> None:
    texts = ["good phone, good film", "xq zv " * 40, "good phone, good film", "", "bad"]
    assert nll(cached, *texts) == pytest.approx([nll(cached, text)[0] for text in texts], abs=1e-3)


def test_other_tasks_are_written_as_without_it(plain: TransformerSeq2Seq, cached: BundledSeq2Seq) -> None:
    windows = [row[0] for row in plain.tokenize(["good phone", "bad film"], max_windows=1)]
    for task, language, same in (("translation", "de", True), ("generation", "en", False)):
        for decoding in (Decoding(), Decoding(beams=3), Decoding(temperature=1.0, samples=2)):
            decoding = replace(decoding, max_new_tokens=40)
            instruction = Instruction(task, language)
            found = [model.generate(model.encode(windows), instruction, decoding) for model in (plain, cached)]
            assert (found[0] == found[1]) == same


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(beams=3), Decoding(temperature=1.0, samples=3)], ids=str)
def test_its_writer_and_its_reader_agree(cached: BundledSeq2Seq, decoding: Decoding) -> None:
    prompts = ["good phone", "the film is", "bad", "not very good and", "a"]
    windows = [row[0] for row in cached.tokenize(prompts, max_windows=1)]
    checked = 0
    for prompt, row in zip(prompts, cached.generate(cached.encode(windows), WRITE, decoding), strict=True):
        for found in row:
            if found.complete and len(cached.text.encode([found.text])[0]) + 1 == found.tokens:
                (again,) = cached.likelihoods([prompt], [found.text], WRITE)
                assert again.nll == pytest.approx(-found.log_probability, abs=1e-3)
                checked += 1
    assert checked
