"""PyTorch's devices and number types, checksums of its models, and transformers without its bars on the terminal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformers.utils import logging as transformers_logging

from nlptasks.errors import UsageError

__all__ = ["checksum_of", "choose_device", "choose_dtype", "quiet_loading"]


def choose_device(device: str) -> torch.device:
    """The torch device behind ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises:
        UsageError: There is no such device on this machine.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return torch.device("cuda" if there["cuda"] else "mps" if there["mps"] else "cpu")
    if not there.get(device.partition(":")[0], False):
        here = ", ".join(name for name, available in there.items() if available)
        raise UsageError(f"no device '{device}' on this machine", hint=f"available: {here}; or --device auto")
    return torch.device(device)


def choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    """The number type behind ``auto``, ``float32``, ``bfloat16`` or ``float16``.

    Raises:
        UsageError: No such type.
    """
    types = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if dtype == "auto":
        if device.type == "cpu":
            return torch.float32
        return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float16
    if dtype not in types:
        raise UsageError(f"no number type '{dtype}'", hint=f"available: auto, {', '.join(types)}")
    return types[dtype]


def checksum_of(model: torch.nn.Module) -> str:
    """A checksum of a model's weights as they are in memory now."""
    views = {2: torch.int16, 4: torch.int32}
    weights = (weight.detach() for weight in model.parameters())
    sums = [int(weight.view(views[weight.dtype.itemsize]).sum(dtype=torch.int64)) for weight in weights]
    return hashlib.sha256(repr(sums).encode()).hexdigest()


@contextmanager
def quiet_loading() -> Iterator[None]:
    """No weight-loading bar of transformers on the user's terminal, and its setting as it was afterwards."""
    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers_logging.enable_progress_bar()
