"""Writes token after token: the most probable one each time, or a drawn one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nlptasks._steps import Rules, Steps, Written

#: Chooses a token for each row: ``(log-probabilities [rows, vocabulary], numbers of the rows, position) -> [rows]``.
Chooser = Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]


def write(steps: Steps, rules: Rules, choose: Chooser) -> list[Written]:
    """Write a text for each row; a row that is finished leaves the batch."""
    count, device = len(steps), steps.log_probs.device
    ids = torch.zeros(count, rules.most, dtype=torch.long, device=device)
    gained = torch.zeros(count, rules.most, device=device)
    lengths = torch.full((count,), rules.most, device=device)
    rows = torch.arange(count, device=device)
    for position in range(rules.most):
        tokens = choose(rules.allowed(steps.log_probs, ids[rows, :position]), rows, position)
        ids[rows, position] = tokens
        gained[rows, position] = steps.log_probs.gather(1, tokens[:, None])[:, 0]
        going = (tokens != rules.end).nonzero()[:, 0]
        if len(going) < len(rows):
            lengths[rows[tokens == rules.end]] = position + 1
            rows, tokens = rows[going], tokens[going]
            steps.keep(going)
        if not len(rows) or position + 1 == rules.most:
            break
        steps.step(tokens)
    sums = gained.sum(dim=1).tolist()
    found = zip(ids.tolist(), lengths.tolist(), sums, strict=True)
    return [Written(tuple(row[:length]), total, row[length - 1] == rules.end) for row, length, total in found]


def most_probable(log_probs: torch.Tensor, _rows: torch.Tensor, _position: int) -> torch.Tensor:
    """The chooser of greedy decoding."""
    return log_probs.argmax(dim=1)


@dataclass(frozen=True)
class Draw:
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
    drawn = [np.random.Generator(np.random.PCG64(list(key))).random(count, dtype=np.float32) for key in keys]
    return torch.from_numpy(np.stack(drawn))
