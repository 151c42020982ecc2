"""What a runtime must be able to do for an encoder and for a decoder that reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bools",
    "DecoderRuntime",
    "DecoderSession",
    "EncoderRuntime",
    "Floats",
    "Integers",
    "NamedWeights",
    "WordTable",
]

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]


class WordTable(Protocol):
    """A table of weights, of which only the rows that are looked up come into memory."""

    def __getitem__(self, ids: Integers, /) -> NDArray[Any]:
        """The rows with these numbers, ``[*ids.shape, width]``, of any kind of floating point."""


class NamedWeights(Protocol):
    """The weights of a checkpoint, by the names that transformers' ``BertModel`` has for them."""

    def floats(self, name: str) -> Floats:
        """A tensor in float32.

        Raises:
            NlptasksError: It cannot be read.
        """

    def mapped(self, name: str) -> WordTable:
        """A matrix as a table of its rows.

        Raises:
            NlptasksError: It cannot be read.
        """

    def count(self, counted: Callable[[str], bool] = ..., /) -> int:
        """Number of weights in the tensors of some names.

        Raises:
            NlptasksError: They cannot be read.
        """


class EncoderRuntime(Protocol):
    """An encoder's weights, ready to compute. Several threads may use it at a time."""

    @property
    def parameters(self) -> int:
        """Number of weights."""

    @property
    def precision(self) -> str:
        """The number type that it computes in, for example ``float32``."""

    def fingerprint(self) -> str:
        """A checksum of the weights in memory; a constant where nobody can write to them."""

    def states(self, ids: Integers, types: Integers, mask: Bools) -> Floats:
        """Hidden states of the last layer, ``[windows, tokens, width]``.

        Args:
            ids: Token ids, ``[windows, tokens]``.
            types: Segment of each token, of the same shape.
            mask: False where a window is padded, of the same shape.
        """


class DecoderSession(Protocol):
    """Texts in the making, a row each, all equally long; begun with as many rows as there are sources."""

    def forward(self, ids: Integers) -> tuple[Floats, Floats]:
        """Put tokens, ``[rows, tokens]``, behind each text.

        Returns:
            Natural log-probabilities of the next token, ``[rows, vocabulary]``, which the caller may write to and the
            next step may, too; and the last hidden state before it, ``[rows, width]``.
        """

    def keep(self, rows: Integers) -> None:
        """Go on with some of the rows only; a row may occur more than once."""

    def reorder(self, rows: Integers) -> None:
        """Let each row carry on another one's text, with the same source."""


class DecoderRuntime(Protocol):
    """A decoder's weights, ready to compute. Several threads may use it at a time."""

    def fingerprint(self) -> str:
        """See :meth:`EncoderRuntime.fingerprint`."""

    def session(self, states: Floats, mask: Bools) -> DecoderSession:
        """Begin a text for each source.

        Args:
            states: What the encoder made of the sources, ``[sources, tokens, width]``.
            mask: False where a source is padded, ``[sources, tokens]``.
        """

    def read(self, ids: Integers, states: Floats, mask: Bools, first: int) -> tuple[Floats, Floats]:
        """What the decoder says behind each token of whole texts, from the token at ``first`` on.

        Args:
            ids: ``[texts, tokens]``.
            states: See :meth:`session`, a source for each text.
            mask: Likewise.
            first: Position of the first token behind which something is asked.

        Returns:
            Natural log-probabilities of the next token, ``[texts, tokens - first, vocabulary]``, and the last hidden
            states, ``[texts, tokens - first, width]``.
        """
