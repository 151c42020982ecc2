"""Which runtime computes a checkpoint."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.models.runtimes import choosing
from nlptasks.models.runtimes.choosing import Placement, choose_placement

BERT = {"model_type": "bert", "hidden_act": "gelu"}


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(choosing, "_accelerator", lambda: False)


def chosen(config=BERT, *, runtime="auto", device="auto", precision="auto"):
    return choose_placement(config, runtime=runtime, device=device, precision=precision)


def test_the_lean_runtime_computes_what_it_can():
    assert chosen() == chosen(device="cpu") == Placement("openvino", "cpu", "float32")
    assert chosen(precision="bfloat16") == Placement("openvino", "cpu", "bfloat16")
    assert chosen(precision="int8") == Placement("openvino", "cpu", "int8")
    assert chosen(runtime="torch") == Placement("torch", "cpu", "float32")


@pytest.mark.parametrize("config", [{"model_type": "llama"}, BERT | {"hidden_act": "relu"}])
def test_pytorch_computes_the_rest(config):
    assert chosen(config) == Placement("torch", "cpu", "float32")
    with pytest.raises(UsageError, match="cannot compute a model of the type"):
        chosen(config, runtime="openvino")


def test_pytorch_computes_in_float16():
    assert chosen(precision="float16") == Placement("torch", "cpu", "float16")
    with pytest.raises(UsageError, match="in bfloat16 or float32 or int8, and not in 'float16'"):
        chosen(runtime="openvino", precision="float16")


def test_without_openvino_pytorch_computes_all(monkeypatch):
    monkeypatch.setattr(choosing, "available", lambda: False)
    assert chosen() == Placement("torch", "cpu", "float32")
    with pytest.raises(UsageError, match="'openvino' is not installed"):
        chosen(runtime="openvino")


def test_a_gpu_that_pytorch_does_not_see_is_none(monkeypatch):
    monkeypatch.setattr(choosing, "_accelerator", lambda: True)
    assert chosen() == Placement("openvino", "cpu", "float32")


def test_8_bits_are_not_looked_for_on_a_gpu(monkeypatch):
    monkeypatch.setattr(choosing, "_accelerator", lambda: True)
    assert chosen(precision="int8") == Placement("openvino", "cpu", "int8")


def test_what_is_not_there_is_named():
    with pytest.raises(UsageError, match="no device 'gpu'"):
        chosen(device="gpu")
    with pytest.raises(UsageError, match="no runtime 'onnx'"):
        chosen(runtime="onnx")
    with pytest.raises(UsageError, match="no number type 'int3'"):
        chosen(precision="int3")
