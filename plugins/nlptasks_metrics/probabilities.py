"""Metrics of the probabilities of labels, which come as a JSON object in place of an answer.

A label that the object lacks has the probability 0. Probabilities that sum to more than 1 are divided by their sum; a
sum below 1 is left as it is, the rest belonging to labels that are not told. No example, no value: the score of a sum
of nothing is not a number, since 0 would be the best one.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks_metrics.labels import label_set, ratio

#: Bins of the expected calibration error.
BINS = 15

#: How near to 0 and 1 a probability of the log loss may come, as in scikit-learn.
CLIP = float(np.finfo(np.float64).eps)


def distribution(text: str) -> dict[str, float]:
    """The probabilities in a JSON object, each from 0 to 1 and together at most 1."""
    read = {label: min(max(float(value), 0.0), 1.0) for label, value in json.loads(text).items()}
    total = math.fsum(read.values())
    return {label: value / total for label, value in read.items()} if total > 1 else read


class _Mean(ABC):
    """A metric that is the mean of a value per example. Statistics of an example: its value, and 1."""

    binary = False
    smooth = True

    def __init__(self, labels: tuple[str, ...], said: str) -> None:
        self.signature = f"{said}|{label_set(labels)}"

    @abstractmethod
    def _value(self, probabilities: Mapping[str, float], gold: str) -> float:
        """Value of one example."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        values = [self._value(distribution(text), target) for text, target in zip(predictions, targets, strict=True)]
        return np.stack([np.array(values, dtype=np.float64), np.ones(len(values))], axis=1)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return ratio(sums[..., 0], sums[..., 1], empty=np.nan)


class Brier(_Mean):
    """Mean squared distance of the probabilities from the truth, which is 1 for the gold label and 0 for the others.

    With two labels it is halved, and so is the squared error of the probability of either, from 0 to 1; with more it is
    summed over the labels, from 0 to 2. The signature says which.

    Source: scikit-learn's brier_score_loss; Brier 1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._scale = 0.5 if len(labels) == 2 else 1.0
        super().__init__(labels, f"metric:brier|scale:{'half' if len(labels) == 2 else 'sum'}")

    def _value(self, probabilities: Mapping[str, float], gold: str) -> float:
        names = sorted({*probabilities, gold})
        return self._scale * math.fsum((probabilities.get(name, 0.0) - (name == gold)) ** 2 for name in names)


class LogLoss(_Mean):
    """Mean negative natural logarithm of the probability of the gold label, in nats.

    A probability nearer than 2.2e-16 to 0 or 1 counts as just that near, so one example costs at most 36.04.

    Source: scikit-learn's log_loss.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "metric:log-loss|unit:nat|clip:2.2e-16")

    def _value(self, probabilities: Mapping[str, float], gold: str) -> float:
        return -math.log(min(max(probabilities.get(gold, 0.0), CLIP), 1 - CLIP))


class Ece:
    """Expected calibration error: mean distance between how sure the system is and how often it is right.

    The confidence of an example is its largest probability, and it is right where the label of that is gold. Examples
    are put into 15 bins of equal width by confidence, each bin with its upper end; the distances of the bins' mean
    confidence from their accuracy are averaged, weighted by their examples.

    Statistics of an example: for each bin whether it is there, its confidence, and whether it is right: ``[3 * 15]``.

    Source: Guo et al. 2017, arXiv 1706.04599; the binning is that of Naeini et al. 2015.
    """

    binary = False
    smooth = False  # distances do not cancel: the fewer examples, the larger the value

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._order = {label: at for at, label in enumerate(labels)}
        self.signature = f"metric:ece|bins:{BINS}|width:equal|confidence:top-label|norm:l1|{label_set(labels)}"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        cells = np.zeros((len(targets), 3, BINS))
        ends = np.linspace(0, 1, BINS + 1)[1:-1]
        for row, (text, target) in enumerate(zip(predictions, targets, strict=True)):
            label, confidence = self._surest(distribution(text))
            cells[row, :, np.searchsorted(ends, confidence)] = 1, confidence, label == target
        return cells.reshape(len(targets), 3 * BINS)

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        cells = sums.reshape(*sums.shape[:-1], 3, BINS)
        distances = np.abs(cells[..., 1, :] - cells[..., 2, :]).sum(axis=-1)
        return ratio(distances, cells[..., 0, :].sum(axis=-1), empty=np.nan)

    def _surest(self, probabilities: Mapping[str, float]) -> tuple[str | None, float]:
        """The label with the largest probability, of equal ones the first in the label set, then by name."""
        if not probabilities:
            return None, 0.0
        label = min(probabilities, key=lambda name: (-probabilities[name], self._order.get(name, math.inf), name))
        return label, probabilities[label]
