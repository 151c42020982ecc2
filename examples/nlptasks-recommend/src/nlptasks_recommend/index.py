"""A catalogue as unit vectors, and what lies nearest in it: exact, by one matrix product a block of queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Similarities that are in memory at once: of so many queries with all items.
_CELLS = 50_000_000


class Index:
    """Items by the cosine of their vectors with a query's.

    Args:
        vectors: ``[items, width]``; of any length but 0.
    """

    def __init__(self, vectors: Floats) -> None:
        self._mean = vectors.mean(axis=0, keepdims=True)
        self._units = self._unit(vectors)

    def nearest(self, queries: Floats, k: int) -> Iterator[list[tuple[int, float]]]:
        """For each query, the ``k`` items that are most like it, the best first, each with its cosine.

        Args:
            queries: ``[queries, width]``.
            k: How many, 1 or more; fewer where the catalogue has fewer.
        """
        k = min(k, len(self._units))
        step = max(1, _CELLS // len(self._units))
        for at in range(0, len(queries), step):
            cosines = self._unit(queries[at : at + step]) @ self._units.T
            best = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
            for row, found in zip(cosines, best, strict=True):
                # Of equals the first: the order is that of the catalogue.
                order = sorted(found.tolist(), key=lambda item: (-row[item], item))
                yield [(item, float(row[item])) for item in order]

    def _unit(self, vectors: Floats) -> Floats:
        """Vectors of length 1 around the catalogue's mean: means of hidden states all point one way."""
        moved = vectors - self._mean
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(lengths, 1e-9), dtype=np.float32)


def recall(found: Sequence[Sequence[str]], wanted: Sequence[set[str]]) -> float:
    """Recall at k: the mean proportion of what was wanted that is among the items found."""
    return float(np.mean([len(want & set(items)) / len(want) for items, want in zip(found, wanted, strict=True)]))


def ndcg(found: Sequence[Sequence[str]], wanted: Sequence[set[str]]) -> float:
    """Normalised discounted cumulative gain at k, with a gain of 1 for each item that was wanted.

    Source: Järvelin and Kekäläinen 2002 (doi.org/10.1145/582415.582418).
    """
    return float(np.mean([_gain(items, want) for items, want in zip(found, wanted, strict=True)]))


def coverage(found: Sequence[Sequence[str]], items: int) -> float:
    """The proportion of the catalogue that was recommended to anybody."""
    return len({item for one in found for item in one}) / items


def _gain(items: Sequence[str], want: set[str]) -> float:
    weights = 1 / np.log2(np.arange(2, len(items) + 2))
    best = weights[: len(want)].sum()
    return float(sum(weight for item, weight in zip(items, weights, strict=True) if item in want) / best)
