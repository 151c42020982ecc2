"""Metrics of labels, equal to scikit-learn's on the same data and label set (a test holds them to it).

The label set is closed: it is given, and never taken from the data. A prediction that is none of the labels is right
nowhere and is missing from the recall of its gold label; it is in the precision of no label. A gold label that is none
of them is missed by whatever was answered, and is in the recall of no label. Both are what scikit-learn does with its
argument ``labels``. Where scikit-learn has no such argument (balanced accuracy, MCC, kappa) they count as two further
classes that nothing is right in.

Without labels none of these has a value but :class:`Accuracy`: the score is not a number, and nothing warns.

Metrics that have a value for each label have a method beside those of the contract::

    parts(sums) -> {label: value}

``sums`` and each value are shaped as for ``score``: ``[..., k]`` to ``[...]``.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

#: ``(hits, answered, gold)`` to a value, each ``[..., labels]``.
Measure = Callable[[Values, Values, Values], Values]

Average = Literal["macro", "micro", "weighted", "lowest"]


def label_set(labels: Sequence[str], *, ordered: bool = False) -> str:
    """The part of a signature that names a label set: how many there are, and eight digits of a SHA-256.

    Args:
        labels: The labels.
        ordered: Whether their order matters; else they are sorted first.
    """
    listed = json.dumps(list(labels) if ordered else sorted(labels), ensure_ascii=False)
    return f"labels:{len(labels)}|set:{hashlib.sha256(listed.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def ratio(numerator: Values, denominator: Values, *, empty: float = 0.0) -> Values:
    """Quotient, ``empty`` where there is nothing to divide by."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    found: Values = np.divide(numerator, denominator, out=np.full(shape, empty), where=np.asarray(denominator) != 0)
    return found


def precision(hits: Values, answered: Values, _gold: Values) -> Values:
    """Proportion of right ones among the predictions with a label."""
    return ratio(hits, answered)


def recall(hits: Values, _answered: Values, gold: Values) -> Values:
    """Proportion of found ones among the examples of a label."""
    return ratio(hits, gold)


def f1(hits: Values, answered: Values, gold: Values) -> Values:
    """Harmonic mean of precision and recall."""
    return ratio(2 * hits, answered + gold)


class Accuracy:
    """Proportion of predictions that equal the gold label, character by character; it reads no label set.

    Statistics of an example: whether it is right, and 1.

    Source: scikit-learn's accuracy_score; the interval is Wilson's (1927).
    """

    binary = True

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.signature = "metric:accuracy"

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> Values:
        hits = [prediction == target for prediction, target in zip(predictions, targets, strict=True)]
        return np.stack([np.array(hits, dtype=np.float64), np.ones(len(hits))], axis=1)

    def score(self, sums: Values) -> Values:
        return ratio(sums[..., 0], sums[..., 1])


class _OfLabels(ABC):
    """A metric of a closed set of labels.

    Statistics of an example: for each label, and last for whatever is no label, whether it is hit, answered, and gold:
    ``[3 * (labels + 1)]``.
    """

    binary = False
    smooth = True

    def __init__(self, labels: tuple[str, ...], said: str) -> None:
        """Keep the labels.

        Args:
            labels: The closed set.
            said: The first part of the signature.
        """
        self._labels = tuple(dict.fromkeys(labels))
        self._at = {label: at for at, label in enumerate(self._labels)}
        self.signature = f"{said}|{label_set(self._labels)}|zero:0"

    @abstractmethod
    def _value(self, hits: Values, answered: Values, gold: Values) -> Values:
        """Value of counts ``[..., labels + 1]``, the last of what is no label."""

    def stats(self, predictions: Sequence[str], targets: Sequence[str]) -> Values:
        if len(predictions) != len(targets):
            raise ValueError(f"{len(predictions)} predictions for {len(targets)} targets")
        none, rows = len(self._labels), np.arange(len(targets))
        answered = np.array([self._at.get(prediction, none) for prediction in predictions], dtype=np.intp)
        gold = np.array([self._at.get(target, none) for target in targets], dtype=np.intp)
        cells = np.zeros((len(targets), 3, none + 1))
        cells[rows, 0, answered] = (answered == gold) & (gold != none)
        cells[rows, 1, answered] = 1
        cells[rows, 2, gold] = 1
        return cells.reshape(len(targets), 3 * (none + 1))

    def score(self, sums: Values) -> Values:
        if not self._labels:
            return np.full(sums.shape[:-1], np.nan)
        return self._value(*self._counts(sums))

    def _counts(self, sums: Values) -> tuple[Values, Values, Values]:
        cells = sums.reshape(*sums.shape[:-1], 3, len(self._labels) + 1)
        return cells[..., 0, :], cells[..., 1, :], cells[..., 2, :]


class _ByLabel(_OfLabels):
    """Precision, recall or F1 of each label, made one value."""

    def __init__(self, labels: tuple[str, ...], measure: Measure, average: Average) -> None:
        super().__init__(labels, f"metric:{measure.__name__}|average:{average}")
        self._measure = measure
        self._average = average
        # The F1 of whichever label happens to be the lowest is too low, the more so the fewer samples there are.
        self.smooth = average != "lowest"

    def groups(self, matrix: Values) -> Values:
        """Of which label each example is, ``[examples, labels]``; of none where the labels do not weigh the same."""
        return _gold_of(matrix, len(self._labels)) if self._average == "macro" else np.zeros((len(matrix), 0))

    def _value(self, hits: Values, answered: Values, gold: Values) -> Values:
        hits, answered, gold = hits[..., :-1], answered[..., :-1], gold[..., :-1]
        if self._average == "micro":
            return self._measure(hits.sum(axis=-1), answered.sum(axis=-1), gold.sum(axis=-1))
        values = self._measure(hits, answered, gold)
        if self._average == "weighted":
            return ratio((values * gold).sum(axis=-1), gold.sum(axis=-1))
        if self._average == "lowest":
            lowest = np.where(gold > 0, values, np.inf).min(axis=-1)
            return np.where(np.isfinite(lowest), lowest, 0.0)
        mean: Values = values.mean(axis=-1)
        return mean

    def parts(self, sums: Values) -> dict[str, Values]:
        """Value of each label: ``[..., k]`` to ``[...]``."""
        values = self._measure(*(counts[..., :-1] for counts in self._counts(sums)))
        return {label: values[..., at] for at, label in enumerate(self._labels)}


class MacroF1(_ByLabel):
    """Mean of the labels' F1, rare and frequent labels alike.

    A label that is neither answered nor gold counts as 0, so the value depends on the set of labels.

    Source: scikit-learn's f1_score with average="macro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, f1, "macro")


class MacroPrecision(_ByLabel):
    """Mean of the labels' precision, rare and frequent labels alike.

    A label that is neither answered nor gold counts as 0, so the value depends on the set of labels.

    Source: scikit-learn's precision_score with average="macro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, precision, "macro")


class MacroRecall(_ByLabel):
    """Mean of the labels' recall, rare and frequent labels alike.

    A label that is neither answered nor gold counts as 0, so the value depends on the set of labels.

    Source: scikit-learn's recall_score with average="macro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, recall, "macro")


class MicroF1(_ByLabel):
    """F1 over the predictions of all labels together.

    Where every prediction and every gold label is one of the labels, it is the accuracy.

    Source: scikit-learn's f1_score with average="micro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, f1, "micro")


class MicroPrecision(_ByLabel):
    """Precision over the predictions of all labels together.

    Where every prediction and every gold label is one of the labels, it is the accuracy.

    Source: scikit-learn's precision_score with average="micro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, precision, "micro")


class MicroRecall(_ByLabel):
    """Recall over the predictions of all labels together.

    Where every prediction and every gold label is one of the labels, it is the accuracy.

    Source: scikit-learn's recall_score with average="micro", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, recall, "micro")


class WeightedF1(_ByLabel):
    """Mean of the labels' F1, each weighted by how often it is gold.

    Frequent labels decide it.

    Source: scikit-learn's f1_score with average="weighted", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, f1, "weighted")


class WeightedPrecision(_ByLabel):
    """Mean of the labels' precision, each weighted by how often it is gold.

    Frequent labels decide it.

    Source: scikit-learn's precision_score with average="weighted", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, precision, "weighted")


class WeightedRecall(_ByLabel):
    """Mean of the labels' recall, each weighted by how often it is gold.

    Frequent labels decide it.

    Source: scikit-learn's recall_score with average="weighted", the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, recall, "weighted")


class ClassF1(_ByLabel):
    """F1 of each label; its one value is the lowest of the labels that are gold in the data.

    The method parts gives the value of every label, gold in the data or not.

    Source: scikit-learn's f1_score with average=None, the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, f1, "lowest")


class ClassPrecision(_ByLabel):
    """Precision of each label; its one value is the lowest of the labels that are gold in the data.

    The method parts gives the value of every label, gold in the data or not.

    Source: scikit-learn's precision_score with average=None, the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, precision, "lowest")


class ClassRecall(_ByLabel):
    """Recall of each label; its one value is the lowest of the labels that are gold in the data.

    The method parts gives the value of every label, gold in the data or not.

    Source: scikit-learn's recall_score with average=None, the labels given and zero_division=0.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, recall, "lowest")


class BalancedAccuracy(_OfLabels):
    """Mean recall of the labels that are gold in the data.

    A gold label that is none of the labels counts as one more, with a recall of 0.

    Source: scikit-learn's balanced_accuracy_score; Brodersen et al. 2010, doi 10.1109/ICPR.2010.764.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "metric:balanced-accuracy")

    def groups(self, matrix: Values) -> Values:
        """Of which label each example is, ``[examples, labels]``."""
        return _gold_of(matrix, len(self._labels))

    def _value(self, hits: Values, answered: Values, gold: Values) -> Values:
        return ratio(recall(hits, answered, gold).sum(axis=-1), (gold > 0).sum(axis=-1, dtype=np.float64))

    def parts(self, sums: Values) -> dict[str, Values]:
        """Recall of each label: ``[..., k]`` to ``[...]``."""
        values = recall(*self._counts(sums))
        return {label: values[..., at] for at, label in enumerate(self._labels)}


class Mcc(_OfLabels):
    """Correlation of answers and gold labels (Matthews), for two labels or more: 1 is perfect, 0 what chance gives.

    It is 0 where all answers, or all gold labels, are one and the same.

    Source: scikit-learn's matthews_corrcoef; Matthews 1975, doi 10.1016/0005-2795(75)90109-9; for more labels Gorodkin
    2004, doi 10.1016/j.compbiolchem.2004.09.006.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "metric:mcc")

    def _value(self, hits: Values, answered: Values, gold: Values) -> Values:
        n = gold.sum(axis=-1)
        covariance = hits.sum(axis=-1) * n - _by_chance(answered, gold)
        variances = (n**2 - (answered**2).sum(axis=-1)) * (n**2 - (gold**2).sum(axis=-1))
        return ratio(covariance, np.sqrt(np.maximum(variances, 0)))


class Kappa(_OfLabels):
    """Agreement of answers and gold labels beyond what their frequencies give by chance (Cohen's kappa, unweighted).

    It is 0 where all answers and all gold labels are one and the same: chance would give that too.

    Source: scikit-learn's cohen_kappa_score; Cohen 1960, doi 10.1177/001316446002000104.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(labels, "metric:kappa|weights:none")

    def _value(self, hits: Values, answered: Values, gold: Values) -> Values:
        n, chance = gold.sum(axis=-1), _by_chance(answered, gold)
        return ratio(hits.sum(axis=-1) * n - chance, n**2 - chance)


def _gold_of(matrix: Values, labels: int) -> Values:
    """Whether each label is gold in each example, ``[examples, labels]``."""
    return matrix[:, -1 - labels : -1]


def _by_chance(answered: Values, gold: Values) -> Values:
    """Hits that chance gives, times the number of examples; what is no label never hits."""
    products: Values = (answered[..., :-1] * gold[..., :-1]).sum(axis=-1)
    return products
