"""A neural cache at work; what it does is told in :class:`nlptasks_bundled.settings.NeuralCache`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn.functional import normalize

from .settings import NeuralCache

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


@dataclass(frozen=True)
class CachedMemory:
    """See :class:`nlptasks.models.decoding.memory.Memory`."""

    cache: NeuralCache

    def writing(self) -> CachedWriting:
        """For texts that are about to be written."""
        return CachedWriting(self.cache)

    def reading(self) -> CachedReading:
        """For a text that is about to be read."""
        return CachedReading(self.cache)


class CachedWriting:
    """See :class:`nlptasks.models.decoding.memory.Writing`."""

    #: What each text said so far, and the decoder's states before the next tokens; set by the first call of ``mix``.
    _past: Past
    _last: torch.Tensor

    def __init__(self, cache: NeuralCache) -> None:
        self._cache, self._begun = cache, False

    def mix(self, log_probs: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        """What decoder and cache together say of the next token."""
        if not self._begun:
            self._past, self._begun = no_past(states), True
        self._last = states
        return foretold(self._cache, log_probs, states, self._past)

    def append(self, tokens: torch.Tensor) -> None:
        """Remember a token of each text."""
        self._past = remembered(self._past, self._last, tokens)

    def select(self, rows: torch.Tensor) -> None:
        """Go on with some rows."""
        self._last, self._past = self._last[rows], self._past.rows(rows)


class CachedReading:
    """See :class:`nlptasks.models.decoding.memory.Reading`."""

    def __init__(self, cache: NeuralCache) -> None:
        self._cache = cache
        self._past: Past | None = None

    def mix(self, nll: torch.Tensor, states: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """What the next piece costs to decoder and cache together."""
        mixed, self._past = reread(self._cache, nll, states, tokens, self._past or no_past(states[0]))
        return mixed


def no_past(states: torch.Tensor) -> Past:
    """Nothing yet, for texts whose present states are ``[..., width]``."""
    *rows, width = states.shape
    return Past(
        torch.zeros(*rows, 0, width, device=states.device),
        torch.zeros(*rows, 0, dtype=torch.long, device=states.device),
    )


def reread(
    cache: NeuralCache, nll: torch.Tensor, states: torch.Tensor, tokens: torch.Tensor, past: Past
) -> tuple[torch.Tensor, Past]:
    """What a piece of a text costs to decoder and cache together.

    Args:
        cache: The cache.
        nll: ``[tokens]``: negative natural log-probability of each to the decoder alone.
        states: ``[tokens, width]``: the decoder's state before each.
        tokens: ``[tokens]``.
        past: What stands before the piece.

    Returns:
        ``nll`` with the cache, and the past of the next piece.
    """
    queries = normalize(states.float(), dim=-1)
    seen = past.then(queries, tokens)
    alike = _alike(cache, queries @ seen.keys.T).tril(len(past.tokens) - 1)
    total = alike.sum(dim=1)
    told = (alike * (tokens[:, None] == seen.tokens[None])).sum(dim=1)
    mixed = torch.logaddexp(_left(cache, total) - nll, (cache.share * told / (total + 1)).log())
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
