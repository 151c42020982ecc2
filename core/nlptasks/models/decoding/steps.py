"""One decoder in the middle of writing: a row per text, and the log-probabilities of what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nlptasks.models.decoding.memory import Writing
from nlptasks.models.runtimes.interface import DecoderSession


@dataclass(frozen=True, slots=True)
class Written:
    """What was written behind a prefix.

    Args:
        ids: The tokens, the end included where there is one.
        log_probability: Sum of their natural log-probabilities to the decoder itself.
        complete: Whether the last one is the end.
    """

    ids: tuple[int, ...]
    log_probability: float
    complete: bool


@dataclass(frozen=True)
class Rules:
    """Which tokens may come next.

    Args:
        end: The token that ends a text.
        banned: ``[vocabulary]``, bool: tokens that no text may hold.
        most: Most tokens of a text, the end included.
        no_repeat: Size of the n-grams of tokens that may not occur twice in a text; 0: all may.
    """

    end: int
    banned: NDArray[np.bool_]
    most: int
    no_repeat: int = 0

    def allowed(self, log_probs: NDArray[np.float32], written: NDArray[np.int64]) -> NDArray[np.float32]:
        """``log_probs``, ``[rows, vocabulary]``, with minus infinity where a token may not follow ``[rows, tokens]``.

        It is written to them: a copy of megabytes at each step would take longer than all that is done with it. The end
        is always allowed: it stands in no n-gram of an open text.
        """
        log_probs[:, self.banned] = -np.inf
        if self.no_repeat and written.shape[1] >= self.no_repeat:
            grams = sliding_window_view(written, self.no_repeat, axis=1)
            last = written[:, None, written.shape[1] + 1 - self.no_repeat :]
            row, at = (grams[..., :-1] == last).all(axis=2).nonzero()
            log_probs[row, grams[row, at, -1]] = -np.inf
        return log_probs


class Steps:
    """Texts in the making, all equally long.

    Args:
        session: A decoder's, in which nothing was written yet.
        rows: Number of its sources.
        prefix: What stands before the first word of each text.
        memory: What the texts themselves say of their next tokens; ``None``: nothing.
    """

    def __init__(
        self, session: DecoderSession, rows: int, prefix: Sequence[int], memory: Writing | None = None
    ) -> None:
        self._session, self._memory = session, memory
        #: ``[rows, vocabulary]``: natural log-probabilities of the next token, until the next step.
        self.log_probs = self._forward(np.tile(np.array(prefix, dtype=np.int64), (rows, 1)))

    def __len__(self) -> int:
        return len(self.log_probs)

    def step(self, tokens: NDArray[np.int64]) -> None:
        """Put a token, ``[rows]``, behind each text."""
        if self._memory:
            self._memory.append(tokens)
        self.log_probs = self._forward(tokens[:, None])

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Go on with some of the rows only; a row may occur more than once."""
        self._session.keep(rows)
        self._remember(rows)
        self.log_probs = self.log_probs[rows]

    def reorder(self, rows: NDArray[np.int64]) -> None:
        """Let each row carry on another one's text with the same source; ``rows`` is ``[rows]``."""
        self._session.reorder(rows)
        self._remember(rows)

    def _remember(self, rows: NDArray[np.int64]) -> None:
        if self._memory:
            self._memory.select(rows)

    def _forward(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        log_probs, states = self._session.forward(ids)
        return self._memory.mix(log_probs, states) if self._memory else log_probs
