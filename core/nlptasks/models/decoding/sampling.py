"""Samples tokens by numbers that depend on nothing but the text that they are for, nor on a seed that all share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sampler", "random_numbers"]


@dataclass(frozen=True)
class Sampler:
    """The chooser of sampling.

    Args:
        numbers: ``[rows, positions]``, from 0 to below 1: each token's random number.
        temperature: Divides the log-probabilities; more than 0.
        top_p: Tokens come from the smallest set with this much probability.
    """

    numbers: NDArray[np.float32]
    temperature: float
    top_p: float

    def __call__(self, log_probs: NDArray[np.float32], rows: NDArray[np.int64], position: int) -> NDArray[np.int64]:
        # In float64: what a sum of thousands rounds off is more than what a batch changes of a probability.
        scaled = log_probs.astype(np.float64) / self.temperature
        probabilities = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        if self.top_p < 1:
            order = np.argsort(-probabilities, axis=1, kind="stable")
            ordered = np.take_along_axis(probabilities, order, axis=1)
            # How much is before each: none before the first, which always stays.
            outside = np.zeros(ordered.shape, dtype=np.bool_)
            outside[:, 1:] = ordered[:, :-1].cumsum(axis=1) >= self.top_p
            np.put_along_axis(probabilities, order, np.where(outside, 0, ordered), axis=1)
        # In the order of the vocabulary, which the last bits of a probability cannot change as they can the sorted one.
        cumulative = probabilities.cumsum(axis=1)
        total = cumulative[:, -1]
        place = np.minimum(self.numbers[rows, position] * total, np.nextafter(total, 0))
        chosen: NDArray[np.int64] = (cumulative > place[:, None]).argmax(axis=1)
        return chosen


def random_numbers(streams: Sequence[tuple[object, ...]], count: int) -> NDArray[np.float32]:
    """``[streams, count]``: numbers from 0 to below 1 that depend on nothing but what names each stream."""
    keys = [hashlib.sha256(repr(stream).encode()).digest() for stream in streams]
    sampled = [np.random.Generator(np.random.PCG64(list(key))).random(count, dtype=np.float32) for key in keys]
    return np.stack(sampled)
