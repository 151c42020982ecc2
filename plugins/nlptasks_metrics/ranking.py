"""Metrics of how the probability of a label ranks the examples: areas under curves.

Their value is no function of a sum, so beside what the contract of metrics asks for they have the method ``weighted``
(see :func:`nlptasks.statistics.resampling.values`), which sorts the examples once for all weightings. ``score`` of a
sum is not a number. So is a value without examples of the label, or without others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks_metrics.labels import label_set, ratio
from nlptasks_metrics.probabilities import distribution

#: Weights that are looked at at a time: draws of many examples would take gigabytes.
_CELLS = 4_000_000


class _Ranking(ABC):
    """An area under a curve of the examples in order of a probability.

    With two labels it is the one of the last label, which is the positive one. With more it is the mean over the labels
    of each against the rest; labels for which it is not defined are left out.

    Statistics of an example: 1, the place of its gold label (-1 where it is none of them), and the probability of each
    label: ``[2 + labels]``. A row of zeros is an example that cannot be read, and does not count.
    """

    binary = False
    smooth = True

    def __init__(self, labels: tuple[str, ...], name: str) -> None:
        self._labels = tuple(dict.fromkeys(labels))
        pair = len(self._labels) == 2
        average = "binary|positive:last" if pair else "macro-ovr"
        self._judged = (1,) if pair else range(len(self._labels)) if len(self._labels) > 2 else ()
        self.signature = f"metric:{name}|average:{average}|{label_set(self._labels, ordered=pair)}"

    @abstractmethod
    def _area(self, positive: NDArray[np.float64], negative: NDArray[np.float64]) -> NDArray[np.float64]:
        """Area under the curve, not a number where it is not defined.

        Args:
            positive: Weight of the label's examples at each distinct probability, ascending, ``[draws, values]``.
            negative: Weight of the others.

        Returns:
            ``[draws]``.
        """

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> NDArray[np.float64]:
        at = {label: place for place, label in enumerate(self._labels)}
        matrix = np.zeros((len(targets), 2 + len(self._labels)))
        for row, (text, target) in enumerate(zip(predictions, targets, strict=True)):
            read = distribution(text)
            matrix[row] = [1, at.get(target, -1), *(read.get(label, 0.0) for label in self._labels)]
        return matrix

    def groups(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of which label each example is, ``[examples, labels]``."""
        gold = matrix[:, 1:2] == np.arange(len(self._labels))
        members: NDArray[np.float64] = (gold & (matrix[:, :1] > 0)).astype(np.float64)
        return members

    def score(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(sums.shape[:-1], np.nan)

    def weighted(
        self, weights: NDArray[np.float64] | NDArray[np.int64], matrix: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Value for each weighting of the examples.

        Args:
            weights: How often each example counts, ``[draws, examples]`` or ``[examples]``.
            matrix: Their statistics, ``[examples, k]``.

        Returns:
            ``[draws]``, or a scalar array; not a number where it is not defined.
        """
        draws = np.atleast_2d(weights)
        size = max(1, _CELLS // max(1, len(matrix)))
        blocks = (draws[at : at + size].astype(np.float64) for at in range(0, len(draws), size))
        found = [self._values(block * matrix[:, 0], matrix) for block in blocks]
        values = np.concatenate(found) if found else np.zeros(0)
        return values.reshape(np.shape(weights)[:-1])

    def _values(self, draws: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        areas = np.array([self._area(*sides) for sides in self._sides(draws, matrix)])
        if not areas.size:
            return np.full(len(draws), np.nan)
        defined = ~np.isnan(areas)
        total = np.where(defined, areas, 0.0).sum(axis=0)
        return ratio(total, defined.sum(axis=0, dtype=np.float64), empty=np.nan)

    def _sides(
        self, draws: NDArray[np.float64], matrix: NDArray[np.float64]
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """For each label that is judged, the weights of its examples and of the others at each probability."""
        for label in self._judged if len(matrix) else ():
            order = np.argsort(matrix[:, 2 + label], kind="stable")
            starts = np.flatnonzero(np.diff(matrix[order, 2 + label], prepend=-1.0))
            ranked = draws[:, order]
            positive = np.add.reduceat(ranked * (matrix[order, 1] == label), starts, axis=1)
            yield positive, np.add.reduceat(ranked, starts, axis=1) - positive


class Auc(_Ranking):
    """Area under the ROC curve: how often an example of a label gets more of its probability than another example does.

    Equal probabilities count half; 0.5 is what chance gives.

    Source: scikit-learn's roc_auc_score with multi_class="ovr"; Hanley and McNeil 1982, doi
    10.1148/radiology.143.1.7063747.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "auc")

    def _area(self, positive: NDArray[np.float64], negative: NDArray[np.float64]) -> NDArray[np.float64]:
        below = np.cumsum(negative, axis=1) - negative
        won = (positive * (below + negative / 2)).sum(axis=1)
        return ratio(won, positive.sum(axis=1) * negative.sum(axis=1), empty=np.nan)


class AveragePrecision(_Ranking):
    """Mean of the precisions at each probability of a label, weighted by the recall that is gained there.

    What chance gives is the proportion of the label, so it suits rare labels better than the area under the ROC curve.

    Source: scikit-learn's average_precision_score, which interpolates nothing.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "average-precision")

    def _area(self, positive: NDArray[np.float64], negative: NDArray[np.float64]) -> NDArray[np.float64]:
        hits = np.cumsum(positive[:, ::-1], axis=1)
        answered = hits + np.cumsum(negative[:, ::-1], axis=1)
        gained = (positive[:, ::-1] * ratio(hits, answered)).sum(axis=1)
        return ratio(gained, positive.sum(axis=1), empty=np.nan)
