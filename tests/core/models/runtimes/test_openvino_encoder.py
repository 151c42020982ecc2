"""OpenVINO's encoder says what PyTorch's says, in any thread and behind a fork."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from nlptasks.errors import NlptasksError
from nlptasks.models.checkpoints import ENCODER, read_config
from nlptasks.models.runtimes.openvino_encoder import OpenvinoEncoder
from nlptasks.models.runtimes.torch_models import TorchEncoder, open_encoder
from nlptasks.models.runtimes.weights_file import WeightsFile


@pytest.fixture(scope="session")
def encoder(checkpoint):
    return OpenvinoEncoder(WeightsFile(checkpoint / ENCODER, "encoder."), read_config(checkpoint)["encoder"])


@pytest.fixture
def batch():
    """Windows of several lengths: ids, segments, and a mask."""
    draw = np.random.default_rng(0)
    lengths = np.array([3, 17, 9, 1])
    mask = np.arange(lengths.max()) < lengths[:, None]
    return draw.integers(5, 40, mask.shape), np.where(np.arange(mask.shape[1]) > 4, 1, 0) * mask, mask


def test_states_are_those_of_pytorch(checkpoint, encoder, batch):
    config = read_config(checkpoint)["encoder"]
    model = open_encoder(checkpoint / ENCODER, config, prefix="encoder.", dtype=torch.float32)
    oracle = TorchEncoder(model, torch.device("cpu"))
    *_, mask = batch
    np.testing.assert_allclose(encoder.states(*batch)[mask], oracle.states(*batch)[mask], atol=1e-5)
    assert encoder.parameters == oracle.parameters


def test_states_are_the_callers_own(encoder, batch):
    first = encoder.states(*batch)
    kept = first.copy()
    encoder.states(batch[0] + 1, *batch[1:])
    np.testing.assert_array_equal(first, kept)


def test_threads_do_not_disturb_each_other(encoder, batch):
    expected = encoder.states(*batch)
    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(lambda _: encoder.states(*batch), range(60)):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_it_goes_on_behind_a_fork(checkpoint):
    code = f"""
import os, sys
from pathlib import Path
import numpy as np
from nlptasks.models.checkpoints import ENCODER, read_config
from nlptasks.models.runtimes.openvino_encoder import OpenvinoEncoder
from nlptasks.models.runtimes.weights_file import WeightsFile
folder = Path({str(checkpoint)!r})
encoder = OpenvinoEncoder(WeightsFile(folder / ENCODER, "encoder."), read_config(folder)["encoder"])
ids = np.full((2, 5), 7)
expected = encoder.states(ids, np.zeros_like(ids), ids > 0)
child = os.fork()
if not child:
    os._exit(0 if np.array_equal(encoder.states(ids, np.zeros_like(ids), ids > 0), expected) else 1)
assert os.waitpid(child, 0)[1] == 0
assert np.array_equal(encoder.states(ids, np.zeros_like(ids), ids > 0), expected)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_damaged_weights_are_named(checkpoint, tmp_path):
    (tmp_path / "w.safetensors").write_bytes((checkpoint / ENCODER).read_bytes()[:-100])
    with pytest.raises(NlptasksError, match=r"w\.safetensors: no weights can be read here"):
        OpenvinoEncoder(WeightsFile(tmp_path / "w.safetensors", "encoder."), read_config(checkpoint)["encoder"])
