"""What metrics of free text share: several references in one target, and the mean over examples."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def references(target: str) -> tuple[str, ...]:
    """The references in a target, at least one.

    A JSON list of strings holds several. Anything else is one reference as it stands, also where it looks like JSON:
    "[1] A footnote", "[2, 3]", "[]".
    """
    if not target.lstrip().startswith("["):
        return (target,)
    try:
        parsed = json.loads(target)
    except (ValueError, RecursionError):  # brackets nested thousands deep are text as well
        return (target,)
    if not parsed or not all(isinstance(item, str) for item in parsed):
        return (target,)
    return tuple(parsed)


class MeanOverExamples(ABC):
    """A metric that is the mean of a value per example. Statistics of an example: its value, and 1."""

    binary = False
    smooth = True

    def references(self, target: str) -> tuple[str, ...]:
        """The references in a target, at least one."""
        return references(target)

    @abstractmethod
    def value(self, prediction: str, references: Sequence[str]) -> float:
        """Value of one example with one reference or more."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        values = [
            self.value(prediction, self.references(target))
            for prediction, target in zip(predictions, targets, strict=True)
        ]
        return np.stack([np.array(values, dtype=np.float64), np.ones(len(values))], axis=1)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        total, n = sums[..., 0], sums[..., 1]
        return np.divide(total, n, out=np.zeros_like(total), where=n != 0)
