"""How probable texts are to a decoder: cut into pieces that it can read, and scored in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.batching import batches
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.decoding.memory import Memory
from nlptasks.models.runtimes.interface import DecoderRuntime
from nlptasks.plugin.protocols import HiddenStates, Window

#: Pieces that are read before any is forgotten, about 100 MB of states.
_AT_ONCE = 256

#: What a decoder makes of a piece: negative natural log-probabilities, ``[tokens]``, and its states before each token,
#: ``[tokens, width]``.
_Read = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TargetPiece:
    """Some tokens of a text.

    Args:
        text: The text's position.
        start: Where it starts, in characters of the text.
        ids: Its tokens; those of a text's last piece end with the end, and only those.
    """

    text: int
    start: int
    ids: tuple[int, ...]


def pieces_of(decoder: DecoderText, texts: Sequence[str], most: int) -> Iterator[TargetPiece]:
    """Cut texts into pieces of at most ``most`` tokens; all but the last hold ``most - 1``, as in training."""
    size = most - 1
    for number, (ids, offsets) in enumerate(decoder.encode_with_offsets(texts)):
        for at in range(0, max(len(ids), 1), size):
            end = (decoder.end,) if at + size >= len(ids) else ()
            yield TargetPiece(number, offsets[at][0] if ids else 0, (*ids[at : at + size], *end))


@dataclass(frozen=True)
class LikelihoodReader:
    """A decoder that says how probable pieces are.

    Args:
        decoder: The decoder.
        encode: The encoder.
        prefix: What stands before each piece's first token.
        pad: Fills the shorter pieces of a batch.
    """

    decoder: DecoderRuntime
    encode: Callable[[Sequence[Window]], HiddenStates]
    prefix: Sequence[int]
    pad: int

    def score(self, pieces: Sequence[TargetPiece], windows: Sequence[Window], memory: Memory | None) -> list[float]:
        """Negative natural log-likelihood of each piece, given its window.

        Args:
            pieces: The pieces, those of a text behind each other.
            windows: What the encoder reads for each.
            memory: What the earlier pieces of a text, and the piece itself, say of what comes next; ``None``: nothing.
        """
        found: list[float] = []
        text, reading = -1, None
        for start in range(0, len(pieces), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            for piece, (nll, states) in zip(pieces[some], self._read(pieces[some], windows[some]), strict=True):
                if memory and piece.text != text:
                    text, reading = piece.text, memory.reading()
                if reading:
                    nll = reading.mix(nll, states, np.array(piece.ids, dtype=np.int64))
                found.append(float(nll.sum()))
        return found

    def _read(self, pieces: Sequence[TargetPiece], windows: Sequence[Window]) -> list[_Read]:
        """What the decoder alone makes of pieces, in their order."""
        found: dict[int, _Read] = {}
        for batch in batches([len(window) + len(piece.ids) for window, piece in zip(windows, pieces, strict=True)]):
            states = self.encode([windows[at] for at in batch])
            found.update(zip(batch, self._read_batch(states, [pieces[at].ids for at in batch]), strict=True))
        return [found[at] for at in range(len(pieces))]

    def _read_batch(self, states: HiddenStates, targets: Sequence[Sequence[int]]) -> Iterator[_Read]:
        ids = np.full((len(targets), len(self.prefix) + max(map(len, targets))), self.pad, dtype=np.int64)
        ids[:, : len(self.prefix)] = self.prefix
        for row, target in zip(ids, targets, strict=True):
            row[len(self.prefix) : len(self.prefix) + len(target)] = target
        before = len(self.prefix) - 1
        # Padding stands behind every target, where a decoder does not look: it needs no mask.
        log_probs, last = self.decoder.read(ids[:, :-1], states.states, states.mask, before)
        nll = -np.take_along_axis(log_probs, ids[:, before + 1 :, None], axis=2)[..., 0]
        for target, row, behind in zip(targets, nll, last, strict=True):
            yield row[: len(target)], behind[: len(target)]
