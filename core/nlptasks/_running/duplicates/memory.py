"""What was made of the rows that were seen, as far as memory goes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlptasks._running.blocks import Block
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Prediction

#: What a row is known again by: the inputs of each head's example, and the texts whose likelihood is asked for.
RowKey = tuple[tuple[Any, ...], ...]

#: Rows that are remembered at most, and characters of their inputs.
_ROWS, _CHARACTERS = 16_384, 16_000_000


@dataclass(frozen=True, slots=True)
class RowResult:
    """What was made of a row.

    Args:
        made: Each head's prediction, as far as counts and scores need it.
        nll: For each head, the negative log-likelihood of the text that was asked for.
        foreign: For each head, why it cannot read the row; empty: it can.
        unread: For each head, whether it left some text unread.
        long: Whether an example took several windows.
        cells: The cells of all predictions.
        reason: Why the row could not be predicted; empty: it was.
    """

    made: tuple[Prediction | None, ...] = ()
    nll: tuple[float | None, ...] = ()
    foreign: tuple[str, ...] = ()
    unread: tuple[bool, ...] = ()
    long: bool = False
    cells: tuple[Cell, ...] = ()
    reason: str = ""


@dataclass(slots=True, eq=False)
class RowSlot:
    """The place of a row's result, which is there once the block with its first occurrence is predicted."""

    result: RowResult | None = None


@dataclass
class SeenRows:
    """The slots of the rows that were seen last.

    What is forgotten depends on the rows alone, and not on when their results arrive: a run that goes on, or that has
    other workers, makes the same blocks.
    """

    rows: int = _ROWS
    characters: int = _CHARACTERS
    _slots: OrderedDict[RowKey, RowSlot] = field(default_factory=OrderedDict)
    _held: int = 0

    def slot(self, key: RowKey) -> tuple[RowSlot, bool]:
        """The slot of a row, and whether it is new."""
        slot = self._slots.get(key)
        if slot is not None:
            self._slots.move_to_end(key)
            return slot, False
        slot = self._slots[key] = RowSlot()
        self._held += _characters(key)
        while len(self._slots) > self.rows or (self._held > self.characters and len(self._slots) > 1):
            self._held -= _characters(self._slots.popitem(last=False)[0])
        return slot, True


def keys_of(block: Block[Any]) -> Iterator[RowKey]:
    """The keys of a block's rows."""
    heads: list[Sequence[tuple[Any, ...]]] = [
        [tuple(example.inputs.items()) for example in examples] for examples in block.examples
    ]
    heads += [[(text,) for text in texts] for texts in block.texts if texts is not None]
    return zip(*heads, strict=True)


def _characters(key: RowKey) -> int:
    return sum(len(part) if isinstance(part, str) else sum(map(len, part)) for parts in key for part in parts if part)
