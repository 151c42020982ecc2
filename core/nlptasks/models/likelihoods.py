"""How probable texts are to a decoder: cut into pieces that it can read, and scored in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from nlptasks.models.batching import batches
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.decoding.memory import Memory
from nlptasks.plugin.protocols import HiddenStates, Window

#: Pieces that are read before any is forgotten, about 100 MB of states.
_AT_ONCE = 256

#: What a decoder makes of a piece: negative natural log-probabilities, ``[tokens]``, and its states before each token,
#: ``[tokens, width]``.
_Read = tuple[torch.Tensor, torch.Tensor]


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
        model: A ``BertLMHeadModel`` with cross-attention.
        encode: The encoder.
        prefix: What stands before each piece's first token.
        pad: Fills the shorter pieces of a batch.
    """

    model: Any
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
                    nll = reading.mix(nll, states, torch.tensor(piece.ids, device=states.device))
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
        rows = [torch.tensor([*self.prefix, *target]) for target in targets]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=self.pad).to(states.mask.device)
        # Padding stands behind every target, where a decoder does not look: it needs no mask.
        output = self.model(
            input_ids=ids[:, :-1],
            encoder_hidden_states=states.states.to(self.model.dtype),
            encoder_attention_mask=states.mask.long(),
            use_cache=False,
            output_hidden_states=True,
        )
        before = len(self.prefix) - 1
        nll = -output.logits[:, before:].float().log_softmax(dim=2).gather(2, ids[:, before + 1 :, None])[..., 0]
        for target, row, last in zip(targets, nll, output.hidden_states[-1], strict=True):
            yield row[: len(target)], last[before : before + len(target)]
