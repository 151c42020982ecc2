from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import NlptasksError
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.runtimes import loading_openvino
from nlptasks.plugin.protocols import Encoder, Window
from nlptasks.testing import write_tiny_checkpoint

TEXT = "the phone works very late and the service is not bad"


def test_equals_transformers_own_forward_pass(encoder: Encoder, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = write_tiny_checkpoint(tmp_path / "tiny")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.inference_mode():
        expected = model(**tokenizer(TEXT, return_tensors="pt")).last_hidden_state
    windows = encoder.tokenize([TEXT])[0]
    torch.testing.assert_close(torch.from_numpy(encoder.encode(windows).states), expected)


def test_padding_changes_no_state(encoder: Encoder) -> None:
    short, long = (encoder.tokenize([text])[0][0] for text in ("good", TEXT))
    together = encoder.encode([short, long])
    alone = encoder.encode([short])
    np.testing.assert_allclose(together.states[0, : len(short)], alone.states[0], atol=1e-5)
    assert together.mask.sum(axis=1).tolist() == [len(short), len(long)]


@given(st.text(max_size=300), st.integers(3, 64))
def test_windows_cover_the_whole_text(encoder: Encoder, text: str, size: int) -> None:
    whole = [token for window in encoder.tokenize([text])[0] for token in window.ids[1:-1]]
    windows = encoder.tokenize([text], max_tokens=size)[0]
    assert [token for window in windows for token in window.ids[1:-1]] == whole
    assert all(3 <= len(window) <= size or len(windows) == 1 for window in windows)


@given(st.text(max_size=200), st.integers(8, 64), st.integers(0, 4))
def test_overlapping_windows_cover_the_text_and_know_where_it_stands(
    encoder: Encoder, text: str, size: int, overlap: int
) -> None:
    windows = encoder.tokenize([text], max_tokens=size, overlap=overlap, questions=["is it good"], offsets=True)[0]
    whole = encoder.tokenize([text], offsets=True)
    covered = {offset for window in windows for offset in window.offsets}
    assert covered == {offset for row in whole for window in row for offset in window.offsets}
    for window in windows:
        assert len(window) <= size
        assert len(window.types) == len(window)
        assert len(window.offsets) == len(window) - window.start - 1
        assert window.types[window.start :] == (1,) * (len(window) - window.start)
        assert all(0 <= start <= end <= len(text) for start, end in window.offsets)


def test_a_question_and_its_text_are_framed_as_the_tokenizer_frames_a_pair(encoder: Encoder, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    expected = AutoTokenizer.from_pretrained(write_tiny_checkpoint(tmp_path))("is it good", TEXT)
    window = encoder.tokenize([TEXT], questions=["is it good"])[0][0]
    assert window.ids == tuple(expected["input_ids"])
    assert window.types == tuple(expected["token_type_ids"])


def test_what_is_cut_is_counted(encoder: Encoder) -> None:
    everything = encoder.tokenize(["good " * 500])[0]
    kept = encoder.tokenize(["good " * 500], max_windows=2)[0]
    assert len(kept) == 2
    assert kept[-1].cut == 500 - 2 * 62 == sum(len(window) - 2 for window in everything[2:])
    assert all(window.cut == 0 for window in everything)


def test_a_question_that_is_too_long_is_cut_and_counted(encoder: Encoder) -> None:
    windows = encoder.tokenize(["film " * 40], questions=["good " * 50], offsets=True)[0]
    assert [window.start for window in windows] == [1 + 32 + 1] * 2
    assert [window.cut for window in windows] == [0, 50 - 32]


def test_windows_share_at_most_half_of_their_text(encoder: Encoder) -> None:
    windows = encoder.tokenize(["film " * 400], max_tokens=32, overlap=200)[0]
    assert len(windows) == 1 + -(-(400 - 30) // 15)


def test_lone_surrogates_and_empty_texts_have_windows(encoder: Encoder) -> None:
    assert encoder.tokenize(["", "a\ud800b"])[0] == [Window(ids=(2, 3))]


def test_the_digest_follows_the_weights(encoder: Encoder, foreign_encoder: Encoder, tmp_path: Path) -> None:
    again = TransformerEncoder(write_tiny_checkpoint(tmp_path), name="again")
    assert again.digest == encoder.digest != foreign_encoder.digest


def test_the_fingerprint_sees_a_changed_weight(tmp_path: Path) -> None:
    encoder = TransformerEncoder(write_tiny_checkpoint(tmp_path), name="tiny", runtime="torch")
    before = encoder.fingerprint()
    next(encoder.model.parameters()).data[0, 0] += 1e-3
    assert encoder.fingerprint() != before


def test_a_model_for_training_is_one_of_its_own(tmp_path: Path) -> None:
    encoder = TransformerEncoder(write_tiny_checkpoint(tmp_path), name="tiny")
    (window,) = encoder.tokenize([TEXT])[0]
    before = encoder.encode([window]).states
    next(encoder.model.parameters()).data[:] = 0
    np.testing.assert_array_equal(encoder.encode([window]).states, before)


def test_runtimes_agree(tmp_path: Path) -> None:
    folder = write_tiny_checkpoint(tmp_path)
    lean, oracle = (TransformerEncoder(folder, name="tiny", runtime=runtime) for runtime in ("openvino", "torch"))
    windows = lean.tokenize([TEXT, "good"], questions=["is it good", "is it bad"], max_tokens=12)
    batch = [window for row in windows for window in row]
    mine, theirs = lean.encode(batch), oracle.encode(batch)
    np.testing.assert_allclose(mine.states[mine.mask], theirs.states[theirs.mask], atol=1e-5)
    assert (lean.runtime, oracle.runtime) == ("openvino", "torch")
    assert (lean.digest, lean.precision, lean.device) == (oracle.digest, oracle.precision, oracle.device)
    assert lean.parameters == oracle.parameters


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = write_tiny_checkpoint(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(NlptasksError, match=missing):
        TransformerEncoder(folder, name="tiny")


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_fewer_bits_give_float32_states_near_the_full_ones(encoder: Encoder, tmp_path: Path, precision: str) -> None:
    half = TransformerEncoder(write_tiny_checkpoint(tmp_path), name="tiny", precision=precision)
    windows = encoder.tokenize([TEXT])[0]
    states = half.encode(windows).states
    assert states.dtype == np.float32
    np.testing.assert_allclose(states, encoder.encode(windows).states, atol=0.1, rtol=0.1)


def test_what_is_fast_stands_beside_what_is_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading_openvino, "fastest", lambda: "bfloat16")
    folder = write_tiny_checkpoint(tmp_path)
    made = TransformerEncoder(folder, name="tiny")
    quick = made.approximate()
    assert (quick.precision, made.precision) == ("bfloat16", "float32")
    assert made.approximate() is quick.approximate() is quick
    assert (quick.digest, quick.parameters) == (made.digest, made.parameters)
    windows = [window for found in made.tokenize(["one two", "three"]) for window in found]
    exact, near = made.encode(windows).states, quick.encode(windows).states
    assert np.abs(exact - near).max() < 0.1
    for asked in ({"precision": "float32"}, {"runtime": "torch"}):
        alone = TransformerEncoder(folder, name="tiny", **asked)
        assert alone.approximate() is alone
    monkeypatch.setattr(loading_openvino, "fastest", lambda: "float32")
    assert (alone := TransformerEncoder(folder, name="tiny")).approximate() is alone
