"""Writes token after token, as a chooser says.

See :class:`nlptasks.models.decoding.sampling.Sampler` for one that samples.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from nlptasks.models.decoding.steps import Rules, Steps, Written

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
