"""Metrics of what is to be noted about answers.

The names of it come in place of the answer (see nlptasks.records.schema).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks_metrics.labels import ratio


class _Share(ABC):
    """A proportion of examples. Statistics of an example: whether it is one, and 1."""

    binary = True

    @abstractmethod
    def _counts(self, noted: Collection[str]) -> bool:
        """Whether an example is one, by what is noted about it."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        hits = [self._counts(state.split()) for state, _ in zip(predictions, targets, strict=True)]
        return np.stack([np.array(hits, dtype=np.float64), np.ones(len(hits))], axis=1)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return ratio(sums[..., 0], sums[..., 1])


class Coverage(_Share):
    """Proportion of examples that the system predicted, be it an empty one.

    Source: the note "missing" of a record's samples.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:coverage|flag:missing"

    def _counts(self, noted: Collection[str]) -> bool:
        return "missing" not in noted


class Truncation(_Share):
    """Proportion of examples whose input or prediction was cut off at a limit: lower is better.

    Source: the notes "truncated_input" and "truncated_output" of a record's samples.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:truncation|flag:truncated_input,truncated_output"

    def _counts(self, noted: Collection[str]) -> bool:
        return "truncated_input" in noted or "truncated_output" in noted
