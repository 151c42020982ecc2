"""Metrics of labels, equal to scikit-learn's on the same data (a test holds them to it)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Accuracy:
    """Statistics of an example: whether it is right, and 1."""

    binary = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:accuracy"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        hits = [prediction == target for prediction, target in zip(predictions, targets, strict=True)]
        return np.stack([np.array(hits, dtype=np.float64), np.ones(len(hits))], axis=1)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return _ratio(sums[..., 0], sums[..., 1])


class MacroF1:
    """Statistics of an example: for each label whether it is hit, answered, and gold: ``[3 * labels]``.

    As in scikit-learn, a label that is neither answered nor gold counts with an F1 of 0, so the value depends on the
    set of labels; the signature says how many there are.
    """

    binary = False

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._at = {label: at for at, label in enumerate(labels)}
        self.signature = f"metric:f1|average:macro|labels:{len(labels)}|zero:0"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        cells = np.zeros((len(targets), 3, len(self._at)))
        for row, (prediction, target) in enumerate(zip(predictions, targets, strict=True)):
            answered, gold = self._at.get(prediction), self._at.get(target)
            if answered is not None:
                cells[row, 0, answered] = answered == gold
                cells[row, 1, answered] = 1
            if gold is not None:
                cells[row, 2, gold] = 1
        return cells.reshape(len(targets), -1)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        hits, answered, gold = np.moveaxis(sums.reshape(*sums.shape[:-1], 3, -1), -2, 0)
        mean: NDArray[np.float64] = _ratio(2 * hits, answered + gold).mean(axis=-1)
        return mean


def _ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotient, 0 where there is nothing to divide by."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)
