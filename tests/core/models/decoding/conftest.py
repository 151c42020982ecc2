"""A model of language whose every probability is written down, in the place of a decoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from nlptasks.models.decoding.steps import Rules

START, END, A, B = range(4)


class Chain:
    """Texts in the making, as :class:`nlptasks.models.decoding.steps.Steps`: the last token alone tells the next.

    Args:
        table: The probability of each token behind each token.
        rows: How many texts are written.
    """

    def __init__(self, table: Sequence[Sequence[float]], rows: int = 1) -> None:
        self._table = torch.tensor(table).log()
        self._last = torch.full((rows,), START)
        self.log_probs = self._table[self._last]

    def __len__(self) -> int:
        return len(self._last)

    def step(self, tokens: torch.Tensor) -> None:
        self._last = tokens
        self.log_probs = self._table[tokens]

    def keep(self, rows: torch.Tensor) -> None:
        self.step(self._last[rows])

    reorder = keep


def rules(most: int, no_repeat: int = 0) -> Rules:
    """The rules of a chain: nothing may hold the start."""
    return Rules(end=END, banned=torch.tensor([True, False, False, False]), most=most, no_repeat=no_repeat)
