"""Padded batches of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .pairs import Pair

#: Batches whose pairs are sorted together: enough that both sides of a batch are of nearly one length.
POOL = 128


def likeness(pair: Pair) -> tuple[int, int]:
    """What pairs of a batch are alike in: targets to four tokens, then sources, which cost a third as much."""
    return len(pair.target) // 4, len(pair.source)


@dataclass(frozen=True)
class PairBatch:
    """Padded pairs.

    Args:
        source: ``[rows, source tokens]``, int64.
        mask: ``[rows, source tokens]``, int64: 0 where a source is padded.
        inputs: ``[rows, target tokens]``, int64: targets without their last token.
        labels: ``[rows, target tokens]``, int64: targets without their first token.
        learnt: ``[rows, target tokens]``, bool: labels that are no padding and no prefix.
        size: UTF-8 bytes of the targets' texts.
        states: ``[rows, source tokens, width]``, float32: the encoder's states of the sources; ``None``: still to be
            computed.
    """

    source: torch.Tensor
    mask: torch.Tensor
    inputs: torch.Tensor
    labels: torch.Tensor
    learnt: torch.Tensor
    size: int
    states: torch.Tensor | None = None

    @property
    def tokens(self) -> int:
        """Tokens of both sides with padding."""
        return self.source.numel() + self.inputs.numel()


def collate_pairs(
    pairs: Sequence[Pair],
    source_pad: int,
    target_pad: int,
    device: torch.device,
    states: torch.Tensor | None = None,
) -> PairBatch:
    """Pad both sides of pairs to the longest."""
    source, mask = padded([pair.source for pair in pairs], source_pad)
    target, there = padded([pair.target for pair in pairs], target_pad)
    learnt = there[:, 1:].astype(bool)
    for row, pair in enumerate(pairs):
        learnt[row, : pair.prefix - 1] = False

    def moved(array: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    return PairBatch(
        source=moved(source),
        mask=moved(mask),
        inputs=moved(target[:, :-1]),
        labels=moved(target[:, 1:]),
        learnt=moved(learnt),
        size=sum(pair.size for pair in pairs),
        states=states,
    )


def padded(rows: Sequence[NDArray[np.int32]], pad: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of ids padded to the longest, and a mask that is 0 where they are padded: ``[rows, tokens]`` each."""
    shape = len(rows), max(map(len, rows))
    ids, mask = np.full(shape, pad, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return ids, mask
