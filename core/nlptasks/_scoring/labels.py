"""The one idea of the label set that metrics of labels are told, whoever computes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlptasks.plugin.labels import LabelMatcher


def label_set(golds: Iterable[str]) -> tuple[str, ...]:
    """The closed set of labels that predictions are scored by: those that the gold answers have.

    It is the data's and no head's, so that all systems on the same data share it, and with it the signature of a
    score. A label that a head knows and the data lack would count as 0 in a mean over labels; a prediction of such a
    label is wrong all the same, and misses the gold label of its row. It is what scikit-learn computes with the gold
    labels as its argument ``labels``.
    """
    return tuple(sorted(set(golds)))


def given_golds(golds: Iterable[str], labels: Sequence[str]) -> frozenset[str]:
    """The gold labels that a system with a closed set of labels can give, whichever way they are spelt."""
    matcher = LabelMatcher(labels)
    return frozenset(gold for gold in set(golds) if matcher.find(gold) is not None)
