"""A model of language whose every probability is written down, in the place of a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nlptasks.models.checkpoints import DECODER, read_config
from nlptasks.models.decoding.steps import Rules
from nlptasks.models.runtimes.interface import DecoderRuntime
from nlptasks.testing import write_tiny_seq2seq_checkpoint

START, END, A, B = range(4)


class Chain:
    """Texts in the making, as :class:`nlptasks.models.decoding.steps.Steps`: the last token alone tells the next.

    Args:
        table: The probability of each token behind each token.
        rows: How many texts are written.
    """

    def __init__(self, table: Sequence[Sequence[float]], rows: int = 1) -> None:
        self._table = np.log(np.array(table, dtype=np.float32))
        self._last = np.full(rows, START)
        self.log_probs = self._table[self._last]

    def __len__(self) -> int:
        return len(self._last)

    def step(self, tokens: NDArray[np.int64]) -> None:
        self._last = tokens
        self.log_probs = self._table[tokens]

    def keep(self, rows: NDArray[np.int64]) -> None:
        self.step(self._last[rows])

    reorder = keep


def rules(most: int, no_repeat: int = 0) -> Rules:
    """The rules of a chain: nothing may hold the start."""
    return Rules(end=END, banned=np.array([True, False, False, False]), most=most, no_repeat=no_repeat)


def open_runtime(name: str, folder: Path) -> DecoderRuntime:
    """The decoder of a folder on a runtime."""
    path, config = folder / DECODER, read_config(folder)["decoder"]
    if name == "openvino":
        from nlptasks.models.runtimes.openvino_decoder import OpenvinoDecoder

        return OpenvinoDecoder(path, config, prefix="decoder.")
    import torch

    from nlptasks.models.runtimes.torch_models import TorchDecoder, open_decoder

    return TorchDecoder(open_decoder(path, config, prefix="decoder.", dtype=torch.float32), torch.device("cpu"))


@pytest.fixture(params=["openvino", "torch"])
def runtime(request: pytest.FixtureRequest, tmp_path: Path) -> DecoderRuntime:
    """The decoder of ``generator`` on each runtime."""
    return open_runtime(request.param, write_tiny_seq2seq_checkpoint(tmp_path))
