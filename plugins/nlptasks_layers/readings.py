"""From the logits of a text's windows to one prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import HiddenStates, Window

Floats = NDArray[np.float64]

#: Joins the labels of a text that has several.
JOINT = ", "

#: Decimals of a number: what lies behind them depends on the batch that a text was in.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class SeveralLabels(Label):
    """Several labels, or none: the prediction is all of them, joined by a comma, in the order of the checkpoint.

    Args:
        label: The joined labels.
        score: Probability that exactly these labels fit, each judged for itself.
        scores: Probability of each label of the set; they do not sum to 1.
        chosen: The labels.
    """

    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberLabel(Label):
    """A number in place of a label; it has no probability, and its cell for one is empty.

    Args:
        label: The number as text.
        score: ``None``.
        scores: Nothing.
        value: The number.
    """

    value: float = field(default=0.0, compare=False)


def logits_of(states: HiddenStates) -> Floats:
    """The carried layer's logits of a batch, ``[windows, labels]``.

    Raises:
        ValueError: The backbone gave none.
    """
    if states.logits is None:
        raise ValueError("the backbone gave no logits of a layer of its own, though it says that it has labels")
    found: Floats = states.logits.astype(np.float64)
    return found


def sigmoid(logits: Floats) -> Floats:
    """A probability from each logit, without overflow."""
    found: Floats = (1 + np.tanh(logits / 2)) / 2
    return found


def averaged(windows: Sequence[Window], values: Sequence[Floats]) -> Floats:
    """The mean of what the windows of a text say, each counting as many times as it has tokens."""
    found: Floats = np.average(np.stack(values), axis=0, weights=[len(window) for window in windows])
    return found


def best_of(scores: Mapping[str, float]) -> Label:
    """The most probable label."""
    best = max(scores, key=scores.__getitem__)
    return Label(best, scores[best], scores)


def all_of(scores: Mapping[str, float], threshold: float) -> SeveralLabels:
    """The labels from a probability on, which may be none."""
    chosen = tuple(label for label, score in scores.items() if score >= threshold)
    exactly = math.prod(score if label in chosen else 1 - score for label, score in scores.items())
    return SeveralLabels(JOINT.join(chosen), exactly, scores, chosen)


def number(value: float) -> NumberLabel:
    """A number; minus nothing is nothing."""
    return NumberLabel(f"{value:.{DECIMALS}f}".replace(f"-{0:.{DECIMALS}f}", f"{0:.{DECIMALS}f}"), None, {}, value)
