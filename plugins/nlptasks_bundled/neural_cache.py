"""A neural cache at work; what it does is told in :class:`nlptasks_bundled.settings.NeuralCache`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .settings import NeuralCache

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

#: Positions of a text that are remembered behind the piece that is read: bounds memory and time on long texts.
POSITIONS = 2_048


@dataclass(frozen=True, slots=True)
class Past:
    """What was said so far.

    Args:
        keys: ``[..., positions, width]``, float32: the states, each of length 1.
        tokens: ``[..., positions]``: the token that followed each.
    """

    keys: Floats
    tokens: Integers

    def then(self, keys: Floats, tokens: Integers) -> Past:
        """With more positions behind it."""
        return Past(np.concatenate([self.keys, keys], axis=-2), np.concatenate([self.tokens, tokens], axis=-1))

    def rows(self, at: Integers) -> Past:
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
    _last: Floats

    def __init__(self, cache: NeuralCache) -> None:
        self._cache, self._begun = cache, False

    def mix(self, log_probs: Floats, states: Floats) -> Floats:
        """What decoder and cache together say of the next token."""
        if not self._begun:
            self._past, self._begun = no_past(states), True
        self._last = states
        return foretold(self._cache, log_probs, states, self._past)

    def append(self, tokens: Integers) -> None:
        """Remember a token of each text."""
        self._past = remembered(self._past, self._last, tokens)

    def select(self, rows: Integers) -> None:
        """Go on with some rows."""
        self._last, self._past = self._last[rows], self._past.rows(rows)


class CachedReading:
    """See :class:`nlptasks.models.decoding.memory.Reading`."""

    def __init__(self, cache: NeuralCache) -> None:
        self._cache = cache
        self._past: Past | None = None

    def mix(self, nll: Floats, states: Floats, tokens: Integers) -> Floats:
        """What the next piece costs to decoder and cache together."""
        mixed, self._past = reread(self._cache, nll, states, tokens, self._past or no_past(states[0]))
        return mixed


def no_past(states: Floats) -> Past:
    """Nothing yet, for texts whose present states are ``[..., width]``."""
    *rows, width = states.shape
    return Past(np.zeros((*rows, 0, width), np.float32), np.zeros((*rows, 0), np.int64))


def reread(cache: NeuralCache, nll: Floats, states: Floats, tokens: Integers, past: Past) -> tuple[Floats, Past]:
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
    queries = _normalized(states)
    seen = past.then(queries, tokens)
    alike = np.tril(_alike(cache, queries @ seen.keys.T), len(past.tokens) - 1)
    total = alike.sum(axis=1)
    told = (alike * (tokens[:, None] == seen.tokens[None])).sum(axis=1)
    mixed = np.logaddexp(_left(cache, total) - nll, _log(cache.share * told / (total + 1)))
    return -mixed, seen.last(POSITIONS)


def foretold(cache: NeuralCache, log_probs: Floats, states: Floats, past: Past) -> Floats:
    """``log_probs``, ``[rows, vocabulary]``, with the cache; ``states`` is ``[rows, width]``: the present ones."""
    alike = _alike(cache, np.einsum("rw,rpw->rp", _normalized(states), past.keys))
    total = alike.sum(axis=1, keepdims=True)
    told = np.zeros_like(log_probs)
    np.add.at(told, (np.arange(len(told))[:, None], past.tokens), cache.share * alike / (total + 1))
    mixed = log_probs + _left(cache, total)
    # Where the past says nothing nothing changes, and the logarithm of so many zeros would be slow.
    alone, said = (np.take_along_axis(part, past.tokens, axis=1) for part in (mixed, told))
    np.put_along_axis(mixed, past.tokens, np.logaddexp(alone, _log(said)), axis=1)
    return mixed


def remembered(past: Past, states: Floats, tokens: Integers) -> Past:
    """The past of ``[rows]`` texts, each of which got a token behind its state, ``[rows, width]``."""
    return past.then(_normalized(states)[:, None], tokens[:, None])


def _normalized(states: Floats) -> Floats:
    """Vectors of length 1; those that are nearly 0 stay."""
    lengths = np.linalg.norm(states, axis=-1, keepdims=True)
    found: Floats = states / np.maximum(lengths, np.float32(1e-12))
    return found


def _log(values: Floats) -> Floats:
    """Natural logarithms, minus infinity of 0."""
    with np.errstate(divide="ignore"):
        return np.log(values)


def _alike(cache: NeuralCache, cosines: Floats) -> Floats:
    found: Floats = np.exp(np.float32(cache.sharpness) * (cosines - 1))
    return found


def _left(cache: NeuralCache, total: Floats) -> Floats:
    """Log of what is left to the decoder."""
    found: Floats = np.log1p(np.float32(-cache.share) * total / (total + 1))
    return found
