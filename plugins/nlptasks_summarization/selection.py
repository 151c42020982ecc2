"""Chooses sentences by their scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .options import ExtractiveOptions

Floats = NDArray[np.float32]

#: A document of so many sentences is its own summary, where the user asked for no number.
SHORT = 2


def how_many(sentences: int, options: ExtractiveOptions) -> int:
    """Sentences in the summary of a document of ``sentences``."""
    if options.sentences:
        return min(options.sentences, sentences)
    return sentences if sentences <= SHORT else max(1, round(options.ratio * sentences))


def select(scores: Floats, vectors: Floats, count: int, redundancy: float) -> list[int]:
    """Positions of ``count`` sentences, in the document's order; of equal ones the first.

    Maximal marginal relevance (Carbonell and Goldstein 1998): the next sentence is the one with the highest score less
    ``redundancy`` times its highest cosine to a chosen one.

    Args:
        scores: Probability that a sentence is kept, ``[sentences]``.
        vectors: Mean states of length 1, ``[sentences, width]``.
        count: How many to choose, at most as many as there are.
        redundancy: 0: by the scores alone.
    """
    if not redundancy:
        return sorted(np.argsort(-scores, kind="stable")[:count].tolist())
    likeness, left, chosen = np.zeros_like(scores), scores.copy(), list[int]()
    while len(chosen) < count:
        best = int(np.argmax(left - redundancy * likeness))
        chosen.append(best)
        left[best] = -np.inf
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return sorted(chosen)
