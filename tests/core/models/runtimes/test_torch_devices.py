"""Devices, number types and checksums of PyTorch, and transformers without its bars."""

from __future__ import annotations

import pytest
import torch
from transformers.utils import logging

from nlptasks.errors import UsageError
from nlptasks.models.runtimes.torch_devices import checksum_of, choose_device, choose_dtype, quiet_loading


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_checksum_sees_one_changed_weight_and_no_gradient(dtype):
    model = torch.nn.Linear(3, 2).to(dtype)
    before = checksum_of(model)
    assert checksum_of(model.requires_grad_(False)) == before
    model.weight.data[1, 1] += 1
    assert checksum_of(model) != before


@pytest.mark.parametrize("shown", [True, False])
def test_bars_are_as_they_were_also_behind_an_error(shown):
    before = logging.is_progress_bar_enabled()
    try:
        (logging.enable_progress_bar if shown else logging.disable_progress_bar)()
        with pytest.raises(KeyError), quiet_loading():
            assert not logging.is_progress_bar_enabled()
            raise KeyError
        assert logging.is_progress_bar_enabled() is shown
    finally:
        (logging.enable_progress_bar if before else logging.disable_progress_bar)()


def test_devices_and_dtypes() -> None:
    cpu = torch.device("cpu")
    assert choose_device("cpu") == cpu
    assert choose_dtype("auto", cpu) == torch.float32
    assert choose_dtype("bfloat16", cpu) == torch.bfloat16
    with pytest.raises(UsageError, match="no device 'gpu'"):
        choose_device("gpu")
    with pytest.raises(UsageError, match="no number type"):
        choose_dtype("float8", cpu)
