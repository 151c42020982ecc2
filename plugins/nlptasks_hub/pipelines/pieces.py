"""What a model reads, and how pieces of many inputs are packed into batches."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

#: Padded tokens in a batch. About 2,000 keep the activations of a small model inside a CPU's cache.
TOKEN_BUDGET = 2_048


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One row of a batch: an input, or a part of it.

    Args:
        inputs: What the model's ``forward`` takes, by name, without padding: ``input_ids``, ``attention_mask``, ...;
            each as long as ``input_ids``.
        extra: What the pipeline wants to find again when it reads the output.
        group: Only pieces of one group share a batch.
    """

    inputs: Mapping[str, Sequence[int]]
    extra: Any = field(default=None, compare=False, repr=False)
    group: Hashable = None

    def __len__(self) -> int:
        return len(self.inputs["input_ids"])


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Pieces with their padded tensors.

    Args:
        pieces: The rows.
        tensors: ``[rows, tokens]``, int64, on the model's device, by the names of the model's arguments.
        left: Whether rows are padded at their beginning.
    """

    pieces: tuple[TokenRow, ...]
    tensors: Mapping[str, torch.Tensor]
    left: bool

    def rows(self, values: torch.Tensor) -> list[torch.Tensor]:
        """Cut the padding off: ``[rows, tokens, ...]`` to one tensor of ``[tokens, ...]`` a row."""
        longest = values.shape[1]
        at = [longest - len(piece) if self.left else 0 for piece in self.pieces]
        return [row[start : start + len(piece)] for row, start, piece in zip(values, at, self.pieces, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """The rules of a batch.

    Args:
        rows: Most rows; 0: as many as the budget holds.
        budget: Most padded tokens; a longer piece is a batch of its own.
        pad: The id that fills rows; ``None``: rows of one batch must be equally long.
        pad_type: The segment that fills rows.
        left: Whether rows are filled at their beginning.
    """

    rows: int = 0
    budget: int = TOKEN_BUDGET
    pad: int | None = None
    pad_type: int = 0
    left: bool = False

    def batches(self, pieces: Sequence[TokenRow]) -> Iterator[list[int]]:
        """Positions of pieces, batch by batch, from the shortest to the longest of each group."""
        order = _by_group(pieces)
        batch: list[int] = []
        for position in order:
            if batch and not self._fits(batch, pieces, pieces[position]):
                yield batch
                batch = []
            batch.append(position)
        if batch:
            yield batch

    def collate(self, pieces: Sequence[TokenRow], device: torch.device) -> PaddedBatch:
        """Pad pieces into tensors."""
        longest = max(map(len, pieces))
        fills = {"input_ids": self.pad or 0, "token_type_ids": self.pad_type}
        tensors = {
            name: torch.tensor([self._filled(piece.inputs[name], longest, fills.get(name, 0)) for piece in pieces])
            for name in pieces[0].inputs
        }
        moved = {name: tensor.long().to(device) for name, tensor in tensors.items()}
        return PaddedBatch(pieces=tuple(pieces), tensors=moved, left=self.left)

    def _fits(self, batch: Sequence[int], pieces: Sequence[TokenRow], piece: TokenRow) -> bool:
        first = pieces[batch[0]]
        if self.rows and len(batch) >= self.rows:
            return False
        if piece.group != first.group or piece.inputs.keys() != first.inputs.keys():
            return False
        if (len(batch) + 1) * len(piece) > self.budget:
            return False
        padded = self.pad is not None and "attention_mask" in piece.inputs
        return padded or len(piece) == len(first)

    def _filled(self, values: Sequence[int], longest: int, fill: int) -> list[int]:
        padding = [fill] * (longest - len(values))
        return [*padding, *values] if self.left else [*values, *padding]


def outputs_of(
    pieces: Sequence[TokenRow],
    packing: Packing,
    device: torch.device,
    forward: Callable[[PaddedBatch], Sequence[Any]],
) -> list[Any]:
    """Run ``forward`` over packed batches, and return what it made of each piece in the order of the pieces."""
    found: list[Any] = [None] * len(pieces)
    for at in packing.batches(pieces):
        outputs = forward(packing.collate([pieces[position] for position in at], device))
        for position, output in zip(at, outputs, strict=True):
            found[position] = output
    return found


def distinct(pieces: Sequence[TokenRow]) -> tuple[list[TokenRow], list[int]]:
    """The pieces without repeated ones, and where each piece is among them."""
    places: dict[Hashable, int] = {}
    at = [places.setdefault(_content(piece), len(places)) for piece in pieces]
    kept: dict[int, TokenRow] = {}
    for piece, place in zip(pieces, at, strict=True):
        kept.setdefault(place, piece)
    return list(kept.values()), at


def _content(piece: TokenRow) -> Hashable:
    return piece.group, tuple((name, tuple(values)) for name, values in piece.inputs.items())


def _by_group(pieces: Sequence[TokenRow]) -> list[int]:
    """Positions sorted by group (in the order in which groups first occur), then by length; ties keep their order."""
    groups: dict[Hashable, int] = {}
    for piece in pieces:
        groups.setdefault((piece.group, tuple(piece.inputs)), len(groups))
    return sorted(
        range(len(pieces)), key=lambda at: (groups[pieces[at].group, tuple(pieces[at].inputs)], len(pieces[at]))
    )
