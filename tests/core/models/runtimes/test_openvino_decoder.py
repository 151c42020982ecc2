"""OpenVINO's decoder says what PyTorch's says, step by step and of whole texts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlptasks.models.checkpoints import DECODER, read_config
from nlptasks.models.runtimes.openvino_decoder import OpenvinoDecoder
from nlptasks.models.runtimes.torch_models import TorchDecoder, open_decoder


@pytest.fixture(scope="session")
def decoders(checkpoint):
    """On OpenVINO and on PyTorch."""
    path, config = checkpoint / DECODER, read_config(checkpoint)["decoder"]
    model = open_decoder(path, config, prefix="decoder.", dtype=torch.float32)
    return OpenvinoDecoder(path, config, prefix="decoder."), TorchDecoder(model, torch.device("cpu"))


@pytest.fixture
def sources():
    """What an encoder might say of three texts, and a mask."""
    draw = np.random.default_rng(0)
    mask = np.arange(7) < np.array([7, 2, 5])[:, None]
    return draw.standard_normal((3, 7, 32)).astype(np.float32), mask


def both(decoders, sources, *work):
    """What sessions of both say at the end of some work, which is a list of names and arguments."""
    for session in [decoder.session(*sources) for decoder in decoders]:
        for name, array in work[:-1]:
            getattr(session, name)(np.array(array))
        yield session.forward(np.array(work[-1]))


@pytest.mark.parametrize(
    "work",
    [
        [[[5, 6, 7]] * 3],
        [("forward", [[5], [6], [7]]), [[8], [9], [10]]],
        [("forward", [[5, 6]] * 3), ("reorder", [2, 2, 0]), [[8], [9], [10]]],
        [("forward", [[5, 6]] * 3), ("keep", [0, 0, 1, 1, 2, 2]), ("forward", [[8]] * 6), ("keep", [1, 3]), [[9], [8]]],
        [
            ("forward", [[5, 6]] * 3),
            ("keep", [2, 0, 0]),
            ("forward", [[7], [8], [9]]),
            ("reorder", [0, 2, 1]),
            [[8]] * 3,
        ],
    ],
    ids=["a prefix", "a step", "other texts", "beams of two sources", "sources of unlike numbers of rows"],
)
def test_a_step_says_what_pytorch_says(decoders, sources, work):
    (log_probs, states), (expected, expected_states) = both(decoders, sources, *work)
    np.testing.assert_allclose(log_probs, expected, atol=1e-5)
    np.testing.assert_allclose(states, expected_states, atol=1e-5)


def test_whole_texts_are_read_as_pytorch_reads_them(decoders, sources):
    ids = np.random.default_rng(1).integers(5, 60, (3, 9))
    (log_probs, states), (expected, expected_states) = (decoder.read(ids, *sources, 4) for decoder in decoders)
    assert log_probs.shape[:2] == (3, 5)
    np.testing.assert_allclose(log_probs, expected, atol=1e-5)
    np.testing.assert_allclose(states, expected_states, atol=1e-5)


def test_sessions_beside_each_other_do_not_mix(decoders, sources):
    lean, _ = decoders
    alone = lean.session(*sources)
    alone.forward(np.array([[5], [6], [7]]))
    expected, _ = alone.forward(np.array([[8], [8], [8]]))
    first, second = lean.session(*sources), lean.session(*sources)
    first.forward(np.array([[5], [6], [7]]))
    second.forward(np.array([[30, 31]] * 3))
    np.testing.assert_array_equal(first.forward(np.array([[8], [8], [8]]))[0], expected)


def test_no_row_is_left(decoders, sources):
    session = decoders[0].session(*sources)
    session.forward(np.array([[5]] * 3))
    session.keep(np.array([], dtype=np.int64))
