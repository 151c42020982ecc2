"""Writes token after token, as a chooser says.

See :class:`nlptasks.models.decoding.sampling.Sampler` for one that samples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.decoding.steps import Rules, Steps, Written

#: Chooses a token for each row: ``(log-probabilities [rows, vocabulary], numbers of the rows, position) -> [rows]``.
Chooser = Callable[[NDArray[np.float32], NDArray[np.int64], int], NDArray[np.int64]]


def write(steps: Steps, rules: Rules, choose: Chooser) -> list[Written]:
    """Write a text for each row; a row that is finished leaves the batch."""
    count = len(steps)
    ids = np.zeros((count, rules.most), dtype=np.int64)
    gained = np.zeros((count, rules.most), dtype=np.float32)
    lengths = np.full(count, rules.most)
    rows = np.arange(count)
    for position in range(rules.most):
        tokens = choose(rules.allowed(steps.log_probs, ids[rows, :position]), rows, position)
        ids[rows, position] = tokens
        gained[rows, position] = np.take_along_axis(steps.log_probs, tokens[:, None], axis=1)[:, 0]
        going = (tokens != rules.end).nonzero()[0]
        if len(going) < len(rows):
            lengths[rows[tokens == rules.end]] = position + 1
            rows, tokens = rows[going], tokens[going]
            steps.keep(going)
        if not len(rows) or position + 1 == rules.most:
            break
        steps.step(tokens)
    found = zip(ids.tolist(), lengths.tolist(), gained.sum(axis=1).tolist(), strict=True)
    return [Written(tuple(row[:length]), total, row[length - 1] == rules.end) for row, length, total in found]


def most_probable(log_probs: NDArray[np.float32], _rows: NDArray[np.int64], _position: int) -> NDArray[np.int64]:
    """The chooser of greedy decoding."""
    found: NDArray[np.int64] = log_probs.argmax(axis=1)
    return found
