"""Finds the rows of a block that cannot be predicted, and predicts the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from nlptasks._running.blocks import Block, PredictedBlock, Rejected, chosen
from nlptasks.errors import NlptasksError, UsageError

#: Predicts a block, and raises where that fails or where what comes of it is no prediction.
Predict = Callable[[Block[Any]], PredictedBlock[Any]]


@dataclass
class Rescue:
    """Predicts blocks without the rows that make a head fail.

    They are found by halves. The others are then predicted together once more, so that their predictions depend on no
    more than which rows failed.

    Args:
        worked: Whether any row could be predicted so far. Where none of the first block can be, the head is at fault
            and not a row.
    """

    worked: bool = field(default=False)

    def predicted(self, block: Block[Any], predict: Predict) -> PredictedBlock[Any]:
        """The block, without the rows that cannot be predicted.

        Raises:
            NlptasksError: Not one row of the first block can be.
        """
        try:
            done = predict(block)
        except NlptasksError as error:
            if not _of_a_row(error):
                raise
            failed = _failed(block, list(range(len(block.rows))), predict, error)
            if not self.worked and len(failed) == len(block.rows):
                raise
            left = chosen(block, [at for at in range(len(block.rows)) if at not in failed])
            rejected = tuple(Rejected(at, block.rows[at], reason) for at, reason in failed.items())
            done = replace(predict(left), rejected=rejected)
        self.worked = True
        return done


def _of_a_row(error: NlptasksError) -> bool:
    """Whether a row may be at fault, and not the machine that has no memory or whose disk fails, nor the user."""
    return not isinstance(error, UsageError) and not isinstance(error.__cause__, MemoryError | OSError)


def _failed(block: Block[Any], at: list[int], predict: Predict, error: NlptasksError) -> dict[int, str]:
    """Which of some rows, that fail together, cannot be predicted, and why."""
    if len(at) == 1:
        return {at[0]: error.message}
    found: dict[int, str] = {}
    for half in (at[: len(at) // 2], at[len(at) // 2 :]):
        try:
            predict(chosen(block, half))
        except NlptasksError as own:
            if not _of_a_row(own):
                raise
            found |= _failed(block, half, predict, own)
    return found
