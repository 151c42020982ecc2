"""The seam for what a text itself says of its next token: a backbone may mix that with what its decoder says.

:class:`nlptasks.models.seq2seq.TransformerSeq2Seq` asks its ``memory`` for one. It has none; a subclass may.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Memory", "Reading", "Writing"]


class Writing(Protocol):
    """Remembers texts in the making, a row each.

    For each token ``mix`` is called and then ``append``, with ``select`` between them or not.
    """

    def mix(self, log_probs: NDArray[np.float32], states: NDArray[np.float32]) -> NDArray[np.float32]:
        """What decoder and memory together say of the next token.

        Args:
            log_probs: ``[rows, vocabulary]``: what the decoder says, as natural log-probabilities.
            states: ``[rows, width]``: its last hidden state before that token.
        """

    def append(self, tokens: NDArray[np.int64]) -> None:
        """Put a token, ``[rows]``, behind each text."""

    def select(self, rows: NDArray[np.int64]) -> None:
        """Go on with the rows of these numbers; a row may occur more than once."""


class Reading(Protocol):
    """Remembers one text that is read piece by piece."""

    def mix(
        self, nll: NDArray[np.float32], states: NDArray[np.float32], tokens: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """What the next piece costs to decoder and memory together, ``[tokens]``.

        Args:
            nll: ``[tokens]``: negative natural log-probability of each to the decoder alone.
            states: ``[tokens, width]``: its last hidden state before each.
            tokens: ``[tokens]``.
        """


class Memory(Protocol):
    """Starts to remember texts."""

    def writing(self) -> Writing:
        """For texts of one batch that are about to be written."""

    def reading(self) -> Reading:
        """For a text that is about to be read."""
