"""Reading checkpoints: files that must be there, their digest, and transformers without its bars on the terminal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers.utils import logging as transformers_logging

from nlptasks.errors import NlptasksError


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of a checkpoint.

    Raises:
        NlptasksError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise NlptasksError(f"{path}: {error.strerror}", hint="the checkpoint is not complete") from error


def digest_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of several files with their names, in hexadecimal."""
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


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
