"""How probable texts are to a decoder: cut into pieces that it can read, and scored in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from nlptasks._batching import batches
from nlptasks.contracts import HiddenStates, Window
from nlptasks.decoder_text import DecoderText


@dataclass(frozen=True, slots=True)
class Piece:
    """Some tokens of a text.

    Args:
        text: The text's position.
        start: Where it starts, in characters of the text.
        ids: Its tokens; those of a text's last piece end with the end, and only those.
    """

    text: int
    start: int
    ids: tuple[int, ...]


def pieces_of(decoder: DecoderText, texts: Sequence[str], most: int) -> Iterator[Piece]:
    """Cut texts into pieces of at most ``most`` tokens; all but the last hold ``most - 1``, as in training."""
    size = most - 1
    for number, (ids, offsets) in enumerate(decoder.encode_with_offsets(texts)):
        for at in range(0, max(len(ids), 1), size):
            end = (decoder.end,) if at + size >= len(ids) else ()
            yield Piece(number, offsets[at][0] if ids else 0, (*ids[at : at + size], *end))


def score(
    model: Any,
    encode: Callable[[Sequence[Window]], HiddenStates],
    pieces: Sequence[Piece],
    windows: Sequence[Window],
    prefix: Sequence[int],
    *,
    pad: int,
) -> list[float]:
    """Negative natural log-likelihood of each piece, given its window.

    Args:
        model: A ``BertLMHeadModel`` with cross-attention.
        encode: The encoder.
        pieces: The pieces.
        windows: What the encoder reads for each.
        prefix: What stands before each piece's first token.
        pad: Fills the shorter ones of a batch.
    """
    found = [0.0] * len(pieces)
    for batch in batches([len(window) + len(piece.ids) for window, piece in zip(windows, pieces, strict=True)]):
        states = encode([windows[at] for at in batch])
        nats = _score(model, states, [pieces[at].ids for at in batch], prefix, pad)
        for at, value in zip(batch, nats, strict=True):
            found[at] = value
    return found


def _score(
    model: Any, states: HiddenStates, targets: Sequence[Sequence[int]], prefix: Sequence[int], pad: int
) -> list[float]:
    rows = [torch.tensor([*prefix, *target]) for target in targets]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad).to(states.mask.device)
    # Padding stands behind every target, where a decoder does not look: it needs no mask.
    output = model(
        input_ids=ids[:, :-1],
        encoder_hidden_states=states.states.to(model.dtype),
        encoder_attention_mask=states.mask.long(),
        use_cache=False,
    )
    learnt, labels = output.logits[:, len(prefix) - 1 :].float(), ids[:, len(prefix) :]
    nats = -learnt.log_softmax(dim=2).gather(2, labels[..., None])[..., 0]
    lengths = torch.tensor([len(target) for target in targets], device=ids.device)
    there = torch.arange(nats.shape[1], device=ids.device)[None] < lengths[:, None]
    return [float(value) for value in (nats * there).sum(dim=1)]
