"""Samples tokens by numbers that depend on nothing but the text that they are for, nor on a seed that all share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

__all__ = ["Sampler", "random_numbers"]


@dataclass(frozen=True)
class Sampler:
    """The chooser of sampling.

    Args:
        numbers: ``[rows, positions]``, from 0 to below 1: each token's random number.
        temperature: Divides the log-probabilities; more than 0.
        top_p: Tokens come from the smallest set with this much probability.
    """

    numbers: torch.Tensor
    temperature: float
    top_p: float

    def __call__(self, log_probs: torch.Tensor, rows: torch.Tensor, position: int) -> torch.Tensor:
        probabilities = (log_probs / self.temperature).softmax(dim=1)
        if self.top_p < 1:
            ordered, order = probabilities.sort(dim=1, descending=True, stable=True)
            before = ordered.cumsum(dim=1) - ordered
            outside = before >= self.top_p
            outside[:, 0] = False
            probabilities = probabilities.masked_fill(outside.gather(1, order.argsort(dim=1)), 0)
        # In the order of the vocabulary, which the last bits of a probability cannot change as they can the sorted one.
        cumulative = probabilities.cumsum(dim=1)
        total = cumulative[:, -1]
        place = torch.minimum(self.numbers[rows, position] * total, total.nextafter(torch.zeros_like(total)))
        return (cumulative > place[:, None]).byte().argmax(dim=1)


def random_numbers(streams: Sequence[tuple[object, ...]], count: int) -> torch.Tensor:
    """``[streams, count]``, float32: numbers from 0 to below 1 that depend on nothing but what names each stream."""
    keys = [hashlib.sha256(repr(stream).encode()).digest() for stream in streams]
    sampled = [np.random.Generator(np.random.PCG64(list(key))).random(count, dtype=np.float32) for key in keys]
    return torch.from_numpy(np.stack(sampled))
