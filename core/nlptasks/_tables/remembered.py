"""Some of the distinct cells of a column: few enough for the memory, and the same in whatever order they come."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from hashlib import blake2b


class RememberedCells:
    """The cells with the lowest hashes, so that those of two parts of a column make those of the whole.

    Which ones come first would depend on the order, and on how a table is cut into blocks.
    """

    def __init__(self, most: int) -> None:
        """Start with none.

        Args:
            most: How many are remembered.
        """
        self._most = most
        self._known: set[str] = set()
        self._highest: list[tuple[int, str]] = []  # a heap of the negative hashes, the highest hash first

    def add(self, cell: str) -> str | None:
        """Remember a cell, and return the one that is not remembered (any more) for it; ``None``: all are."""
        if cell in self._known:
            return None
        item = (-_hash(cell), cell)
        if len(self._known) < self._most:
            heapq.heappush(self._highest, item)
            self._known.add(cell)
            return None
        gone = heapq.heappushpop(self._highest, item)[1]
        if gone != cell:
            self._known.discard(gone)
            self._known.add(cell)
        return gone

    def __contains__(self, cell: object) -> bool:
        return cell in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._known))

    def __len__(self) -> int:
        return len(self._known)


def _hash(cell: str) -> int:
    return int.from_bytes(blake2b(cell.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
