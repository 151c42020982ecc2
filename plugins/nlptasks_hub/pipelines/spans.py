"""Finds the best spans of a window, as transformers 4 did.

The formulas are those of its question answering: a softmax over start and over end logits of a window's allowed tokens,
the product of the two for each span, and the best products of spans that are no longer than allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: What tokens get that cannot answer; the softmax makes nothing of it.
_NEVER = np.float32(-10_000.0)


@dataclass(frozen=True, slots=True)
class WindowSpans:
    """The best spans of a window.

    Args:
        starts: First token of each, ``[spans]``.
        ends: Last token of each, ``[spans]``.
        scores: Probability of each within the window, ``[spans]``, from 0 to 1.
        null: Probability that the window's first token, which stands for no answer, is start and end.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float32]
    null: float


def best_spans(
    start: NDArray[np.float32], end: NDArray[np.float32], allowed: NDArray[np.bool_], *, most: int, longest: int
) -> WindowSpans:
    """The best spans of one window.

    Args:
        start: Start logits, ``[tokens]``.
        end: End logits, ``[tokens]``.
        allowed: Tokens that may start or end an answer, and those that stand for no answer, ``[tokens]``.
        most: Most spans to return; fewer are found in small windows.
        longest: Most tokens of an answer.
    """
    first, last = _probabilities(start, allowed), _probabilities(end, allowed)
    null = float(first[0] * last[0])
    first[0] = last[0] = 0.0
    products = np.tril(np.triu(first[:, None] * last[None, :]), longest - 1)
    starts, ends = np.unravel_index(_best(products.ravel(), most), products.shape)
    usable = allowed.copy()
    # Position 0 counts as usable, at a score of 0: it fills up the answers of windows with few tokens.
    usable[0] = bool(allowed.any())
    kept = usable[starts] & usable[ends]
    starts, ends = starts[kept], ends[kept]
    return WindowSpans(starts=starts, ends=ends, scores=products[starts, ends], null=null)


def _probabilities(logits: NDArray[np.float32], allowed: NDArray[np.bool_]) -> NDArray[np.float32]:
    masked = np.where(allowed, logits, _NEVER)
    powers = np.exp(masked - masked.max())
    return np.asarray(powers / powers.sum())


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Positions of the highest scores, the highest first; the order of equal ones is that of numpy's sorting."""
    if most == 1:
        return np.array([np.argmax(scores)])
    if len(scores) <= most:
        return np.argsort(-scores)
    some = np.argpartition(-scores, most)[:most]
    return some[np.argsort(-scores[some])]
