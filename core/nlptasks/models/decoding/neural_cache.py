"""A neural cache at work; what it does is told in :class:`nlptasks.models.decoder_settings.NeuralCache`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn.functional import normalize

from nlptasks.models.decoder_settings import NeuralCache

#: Positions of a text that are remembered behind the piece that is read: bounds memory and time on long texts.
POSITIONS = 2_048


@dataclass(frozen=True, slots=True)
class Past:
    """What was said so far.

    Args:
        keys: ``[..., positions, width]``, float32: the states, each of length 1.
        tokens: ``[..., positions]``: the token that followed each.
    """

    keys: torch.Tensor
    tokens: torch.Tensor

    def then(self, keys: torch.Tensor, tokens: torch.Tensor) -> Past:
        """With more positions behind it."""
        return Past(torch.cat([self.keys, keys], dim=-2), torch.cat([self.tokens, tokens], dim=-1))

    def rows(self, at: torch.Tensor) -> Past:
        """Of several texts, those with these numbers."""
        return Past(self.keys[at], self.tokens[at])

    def last(self, positions: int) -> Past:
        """The last positions."""
        return Past(self.keys[..., -positions:, :], self.tokens[..., -positions:])


def no_past(states: torch.Tensor) -> Past:
    """Nothing yet, for texts whose present states are ``[..., width]``."""
    *rows, width = states.shape
    return Past(
        torch.zeros(*rows, 0, width, device=states.device),
        torch.zeros(*rows, 0, dtype=torch.long, device=states.device),
    )


def reread(
    cache: NeuralCache, nats: torch.Tensor, states: torch.Tensor, tokens: torch.Tensor, past: Past
) -> tuple[torch.Tensor, Past]:
    """What a piece of a text costs to decoder and cache together.

    Args:
        cache: The cache.
        nats: ``[tokens]``: negative natural log-probability of each to the decoder alone.
        states: ``[tokens, width]``: the decoder's state before each.
        tokens: ``[tokens]``.
        past: What stands before the piece.

    Returns:
        ``nats`` with the cache, and the past of the next piece.
    """
    queries = normalize(states.float(), dim=-1)
    seen = past.then(queries, tokens)
    alike = _alike(cache, queries @ seen.keys.T).tril(len(past.tokens) - 1)
    total = alike.sum(dim=1)
    told = (alike * (tokens[:, None] == seen.tokens[None])).sum(dim=1)
    mixed = torch.logaddexp(_left(cache, total) - nats, (cache.share * told / (total + 1)).log())
    return -mixed, seen.last(POSITIONS)


def foretold(cache: NeuralCache, log_probs: torch.Tensor, states: torch.Tensor, past: Past) -> torch.Tensor:
    """``log_probs``, ``[rows, vocabulary]``, with the cache; ``states`` is ``[rows, width]``: the present ones."""
    alike = _alike(cache, torch.einsum("rw,rpw->rp", normalize(states.float(), dim=-1), past.keys))
    total = alike.sum(dim=1, keepdim=True)
    told = torch.zeros_like(log_probs).scatter_add_(1, past.tokens, cache.share * alike / (total + 1))
    alone = log_probs + _left(cache, total)
    # Where the past says nothing nothing changes, and the logarithm of so many zeros would be slow.
    mixed = torch.logaddexp(alone.gather(1, past.tokens), told.gather(1, past.tokens).log())
    return alone.scatter(1, past.tokens, mixed)


def remembered(past: Past, states: torch.Tensor, tokens: torch.Tensor) -> Past:
    """The past of ``[rows]`` texts, each of which got a token behind its state, ``[rows, width]``."""
    return past.then(normalize(states.float(), dim=-1)[:, None], tokens[:, None])


def _alike(cache: NeuralCache, cosines: torch.Tensor) -> torch.Tensor:
    return (cache.sharpness * (cosines - 1)).exp()


def _left(cache: NeuralCache, total: torch.Tensor) -> torch.Tensor:
    """Log of what is left to the decoder."""
    return (-cache.share * total / (total + 1)).log1p()
