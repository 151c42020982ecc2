"""Weights of a checkpoint as NumPy arrays."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import save_file

from nlptasks.errors import NlptasksError
from nlptasks.models.runtimes.weights_file import WeightsFile

TENSORS = {
    "e.half": np.arange(6, dtype=np.float16).reshape(2, 3),
    "e.whole": np.ones(4, dtype=np.float32),
    "d.other": np.zeros((5, 5), dtype=np.float32),
}


@pytest.fixture
def weights(tmp_path):
    save_file(TENSORS, tmp_path / "w.safetensors", metadata={"format": "pt"})
    return WeightsFile(tmp_path / "w.safetensors", "e.")


def test_tensors_are_read_as_they_are_stored_or_in_float32(weights):
    np.testing.assert_array_equal(weights.stored("half"), TENSORS["e.half"])
    assert weights.stored("half").dtype == np.float16
    assert weights.floats("half").dtype == np.float32
    np.testing.assert_array_equal(weights.floats("half"), TENSORS["e.half"])


@pytest.mark.parametrize("name", ["half", "whole"])
def test_a_mapped_tensor_is_the_stored_one(weights, name):
    mapped = weights.mapped(name)
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(mapped, weights.stored(name))


def test_weights_are_counted_by_name(weights):
    assert weights.count() == 10
    assert weights.count(lambda name: name == "half") == 6


def test_what_is_missing_or_damaged_is_named(weights, tmp_path):
    with pytest.raises(NlptasksError, match=r"w\.safetensors: no weights can be read here .*gone"):
        weights.stored("gone")
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(NlptasksError, match=r"bad\.safetensors: no weights can be read here"):
        WeightsFile(tmp_path / "bad.safetensors").count()
    with pytest.raises(NlptasksError, match=r"no\.safetensors: no weights can be read here"):
        WeightsFile(tmp_path / "no.safetensors").stored("half")
