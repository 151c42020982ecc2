"""PyTorch's models are those of transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlptasks.errors import NlptasksError
from nlptasks.models.checkpoints import DECODER, ENCODER, read_config
from nlptasks.models.runtimes.torch_models import (
    TorchDecoder,
    TorchEncoder,
    encoder_of,
    open_alone,
    open_decoder,
    open_encoder,
)
from nlptasks.testing import write_tiny_checkpoint

CPU = torch.device("cpu")


def test_an_encoder_alone_and_one_beside_a_decoder_are_the_same(checkpoint, tmp_path):
    alone = TorchEncoder(open_alone(write_tiny_checkpoint(tmp_path), torch.float32), CPU)
    config = read_config(checkpoint)["encoder"]
    beside = TorchEncoder(open_encoder(checkpoint / ENCODER, config, prefix="encoder.", dtype=torch.float32), CPU)
    ids = np.array([[7, 8, 9]])
    np.testing.assert_allclose(
        alone.states(ids, np.zeros_like(ids), ids > 0), beside.states(ids, np.zeros_like(ids), ids > 0), atol=0.02
    )  # halves on disk
    assert alone.parameters == beside.parameters
    assert alone.precision == "float32"


def test_an_encoder_of_arrays_is_that_of_the_file(checkpoint):
    config = read_config(checkpoint)["encoder"]
    model = open_encoder(checkpoint / ENCODER, config, prefix="encoder.", dtype=torch.float32)
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    made = encoder_of(weights, config, dtype=torch.float32)
    assert all(torch.equal(weight, model.state_dict()[name]) for name, weight in made.state_dict().items())


def test_weights_are_frozen_and_can_be_trained_later(checkpoint):
    with torch.inference_mode():
        model = open_decoder(
            checkpoint / DECODER, read_config(checkpoint)["decoder"], prefix="decoder.", dtype=torch.float32
        )
    decoder = TorchDecoder(model, CPU)
    assert not any(weight.requires_grad for weight in decoder.model.parameters())
    assert not any(weight.is_inference() for weight in decoder.model.parameters())


def test_arrays_that_nobody_may_write_to_are_taken(checkpoint):
    decoder = TorchDecoder(
        open_decoder(checkpoint / DECODER, read_config(checkpoint)["decoder"], prefix="decoder.", dtype=torch.float32),
        CPU,
    )
    states = np.zeros((1, 2, 32), np.float32)
    states.setflags(write=False)
    log_probs, last = decoder.session(states, np.ones((1, 2), bool)).forward(np.array([[5, 6]]))
    assert (log_probs.shape[0], last.shape) == (1, (1, 32))
    np.testing.assert_allclose(np.exp(log_probs).sum(), 1, atol=1e-5)


def test_damaged_weights_are_named(tmp_path, checkpoint):
    (tmp_path / "w.safetensors").write_bytes(b"nothing")
    with pytest.raises(NlptasksError, match=r"w\.safetensors: no weights can be read here"):
        open_encoder(
            tmp_path / "w.safetensors", read_config(checkpoint)["encoder"], prefix="encoder.", dtype=torch.float32
        )
