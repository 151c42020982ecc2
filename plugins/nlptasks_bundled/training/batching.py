"""Batches by a token budget, in an order that a seed and a position decide, so that training can go on anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import torch

from .pieces import IGNORED, TrainingPiece

P = TypeVar("P", bound=Sized)

#: Batches whose pieces are sorted by length together: enough for little padding, few enough to stay mixed.
_POOL = 32


@dataclass(frozen=True)
class Batch:
    """Padded pieces.

    Args:
        inputs: ``input_ids``, ``token_type_ids`` and ``attention_mask``, each ``[rows, tokens]``, int64.
        text: ``[rows, tokens]``, bool: the tokens of the text, without a question and special tokens.
        targets: ``[rows, 1]`` labels, ``[rows, 2]`` first and last token, or ``[rows, tokens]`` labels of the tokens,
            int64; of pairs, the first ones' alone.
    """

    inputs: dict[str, torch.Tensor]
    text: torch.Tensor
    targets: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens with padding."""
        return self.text.numel()


def collate(pieces: Sequence[TrainingPiece], pad: int, device: torch.device) -> Batch:
    """Pad pieces to the longest of them; where they are pairs, all partners stand behind all pieces."""
    rows = [*pieces, *(piece.partner for piece in pieces if piece.partner)]
    shape = len(rows), max(len(piece.ids) for piece in rows)
    ids = np.full(shape, pad, dtype=np.int64)
    types, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    text = np.zeros(shape, dtype=bool)
    targets = np.full((len(pieces), max(len(piece.target) for piece in pieces)), IGNORED, dtype=np.int64)
    for row, piece in enumerate(rows):
        ids[row, : len(piece.ids)] = piece.ids
        types[row, : len(piece.ids)] = piece.types
        mask[row, : len(piece.ids)] = 1
        text[row, slice(*piece.text)] = True
    for row, piece in enumerate(pieces):
        targets[row, : len(piece.target)] = piece.target
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
    return Batch(
        inputs={name: torch.from_numpy(array).to(device) for name, array in inputs.items()},
        text=torch.from_numpy(text).to(device),
        targets=torch.from_numpy(targets).to(device),
    )


def packed(lengths: Sequence[int], order: Sequence[int], budget: int) -> list[list[int]]:
    """Cut an order of positions into batches that pad to at most ``budget`` tokens; a longer piece stands alone."""
    batches: list[list[int]] = []
    longest = 0
    for at in order:
        longest = max(longest, lengths[at])
        if not batches or (len(batches[-1]) + 1) * longest > budget:
            batches.append([])
            longest = lengths[at]
        batches[-1].append(at)
    return batches


def epoch_batches(
    lengths: Sequence[int], budget: int, seed: Sequence[int], keys: Sequence[Any] = (), pool: int = _POOL
) -> list[list[int]]:
    """Positions of all pieces, shuffled, in batches of similar pieces, themselves shuffled.

    Args:
        lengths: Tokens of each piece.
        budget: Padded tokens of a batch.
        seed: What decides the order.
        keys: What pieces of a batch are alike in; empty: their lengths.
        pool: Batches whose pieces are sorted together.
    """
    generator = np.random.default_rng(list(seed))
    order = generator.permutation(len(lengths))
    # A pool of pieces with the mean length fills about so many batches.
    size = max(1, int(pool * budget / max(1.0, float(np.mean(lengths)))))
    pools = [
        sorted(order[at : at + size].tolist(), key=(keys or lengths).__getitem__) for at in range(0, len(order), size)
    ]
    batches = [batch for pool in pools for batch in packed(lengths, pool, budget)]
    return [batches[at] for at in generator.permutation(len(batches))]


@dataclass
class Stream(Generic[P]):
    """Endless batches of one part of the data; a position is an epoch and a batch in it.

    Args:
        pieces: The data.
        budget: Padded tokens of a batch.
        seed: Seed of the training and number of the part.
        key: What pieces of a batch are alike in; their lengths where it is ``None``.
        pool: Batches whose pieces are sorted together.
    """

    pieces: Sequence[P]
    budget: int
    seed: tuple[int, int]
    key: Callable[[P], Any] | None = None
    pool: int = _POOL
    epoch: int = 0
    at: int = 0
    _batches: list[list[int]] = field(default_factory=list, init=False, repr=False)

    def take(self) -> list[P]:
        """The next batch."""
        if not self._batches:
            self._shuffle()
        elif self.at == len(self._batches):
            self.epoch, self.at = self.epoch + 1, 0
            self._shuffle()
        self.at += 1
        return [self.pieces[at] for at in self._batches[self.at - 1]]

    def first_epoch(self) -> Iterator[list[P]]:
        """The batches of the first epoch, wherever the stream stands."""
        for batch in self._epoch(0):
            yield [self.pieces[at] for at in batch]

    def seen(self) -> int:
        """Pieces that were taken so far; one that was taken in several epochs counts as often."""
        return self.epoch * len(self.pieces) + sum(map(len, self._batches[: self.at]))

    def position(self) -> dict[str, int]:
        """What :meth:`seek` needs to go on here."""
        return {"epoch": self.epoch, "at": self.at}

    def seek(self, position: dict[str, Any]) -> None:
        """Go on where a stream of the same data stood."""
        self.epoch, self.at = int(position["epoch"]), int(position["at"])
        self._shuffle()

    def _shuffle(self) -> None:
        self._batches = self._epoch(self.epoch)

    def _epoch(self, number: int) -> list[list[int]]:
        lengths = [len(piece) for piece in self.pieces]
        keys = [self.key(piece) for piece in self.pieces] if self.key else []
        return epoch_batches(lengths, self.budget, (*self.seed, number), keys, self.pool)
