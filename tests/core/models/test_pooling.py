"""One vector for a text."""

from __future__ import annotations

import numpy as np

from nlptasks.models.pooling import join_means, mean_states, text_means
from nlptasks.plugin.protocols import HiddenStates, Window


def test_padding_does_not_count():
    states = HiddenStates(
        states=np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [99.0, 99.0]]], dtype=np.float32),
        mask=np.array([[True, True], [True, False]]),
        windows=(Window((1, 2)), Window((1,))),
    )
    first, second = mean_states(states)
    assert first.tolist() == [4.0, 6.0, 2.0]
    assert second.tolist() == [5.0, 6.0, 1.0]
    assert join_means([first, second]).tolist() == [3.0, 4.0]
    assert first.dtype == np.float32


def test_a_long_text_is_the_mean_of_all_its_tokens(encoder):
    text = "the film is very good and the phone works " * 5
    (windows,) = encoder.tokenize([text], max_tokens=10)
    assert len(windows) > 3
    states = np.concatenate([encoder.encode([window]).states[0] for window in windows])
    np.testing.assert_allclose(text_means(encoder, [text], max_tokens=10)[0], states.mean(axis=0), atol=1e-5)


def test_a_text_has_one_vector_in_any_company(encoder):
    texts = ["good", "the film is bad and late", "", "good"]
    found = text_means(encoder, texts, max_tokens=16)
    assert found.shape == (4, encoder.width)
    np.testing.assert_array_equal(found[0], found[3])
    np.testing.assert_allclose(found[1], text_means(encoder, [texts[1]], max_tokens=16)[0], atol=1e-5)


def test_fewer_windows_read_the_beginning(encoder):
    text = "good " * 50
    ((window, *_),) = encoder.tokenize([text], max_tokens=10)
    (kept,) = mean_states(encoder.encode([window]))
    found = text_means(encoder, [text], max_tokens=10, max_windows=1)[0]
    np.testing.assert_allclose(found, join_means([kept]), atol=1e-5)
