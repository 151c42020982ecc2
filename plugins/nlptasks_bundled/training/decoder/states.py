"""Hidden states of the frozen encoder that are kept: a source that is read in several passes is encoded once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlptasks_bundled.training.batching import packed

from .batch import padded
from .pairs import Pair

#: Padded tokens that are encoded together.
_BLOCK = 4_096


class States:
    """The states of some sources, in half precision: 768 bytes a token where the encoder is 384 wide.

    A source is encoded when it is first asked for, always together with the same others: so a training that was
    interrupted goes on with the same bytes. Its first batches are slow for that, since each of their sources lies among
    others, and all are soon encoded: what is kept pays off where the sources are read in more than one pass.

    Args:
        encoder: The frozen encoder, a transformers model.
        pad: Its padding.
        device: Where it runs.
        pairs: Pairs whose sources are kept; equal sources are kept once.
    """

    def __init__(self, encoder: Any, pad: int, device: torch.device, pairs: Iterable[Pair]) -> None:
        self._encoder, self._pad, self._device = encoder, pad, device
        sources = {pair.source.tobytes(): pair.source for pair in pairs}
        self._sources = sorted(sources.values(), key=lambda source: (len(source), source.tobytes()))
        self._blocks = packed([len(source) for source in self._sources], range(len(self._sources)), _BLOCK)
        self._places = {
            self._sources[at].tobytes(): (number, row)
            for number, block in enumerate(self._blocks)
            for row, at in enumerate(block)
        }
        self._kept: dict[int, NDArray[np.float16]] = {}

    def of(self, pairs: Sequence[Pair]) -> torch.Tensor | None:
        """``[rows, longest source, width]``, float32, 0 behind a source's end; ``None``: not all of them are kept."""
        keys = [pair.source.tobytes() for pair in pairs]
        if any(key not in self._places for key in keys):
            return None
        places = [self._places[key] for key in keys]
        rows = [self._block(number)[row, : len(pair.source)] for pair, (number, row) in zip(pairs, places, strict=True)]
        states = np.zeros((len(rows), max(map(len, rows)), rows[0].shape[-1]), dtype=np.float32)
        for at, row in enumerate(rows):
            states[at, : len(row)] = row
        return torch.from_numpy(states).to(self._device)

    @torch.no_grad()
    def _block(self, number: int) -> NDArray[np.float16]:
        if number not in self._kept:
            ids, mask = padded([self._sources[at] for at in self._blocks[number]], self._pad)
            inputs = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
            found = self._encoder(**{name: tensor.to(self._device) for name, tensor in inputs.items()})
            self._kept[number] = found.last_hidden_state.to("cpu", torch.float16).numpy()
        return self._kept[number]
