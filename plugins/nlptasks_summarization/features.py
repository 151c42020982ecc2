"""What the head knows of each sentence: its hidden states, its place, its length and its likeness to the document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Window
from nlptasks.text.sentences import Span

from .sums import Floats, Pieces, sentence_sums

#: Features of a sentence beside its mean state.
EXTRA = 14

_WORD = re.compile(r"[^\W_]+")


def features(text: str, spans: Sequence[Span], windows: Sequence[Window], kept: Sequence[Pieces]) -> Floats:
    """Features of each sentence, ``[sentences, width + EXTRA]``; the first ``width`` are its mean state, of length 1.

    Args:
        text: The document.
        spans: Its sentences, one or more.
        windows: Its windows, with offsets.
        kept: What :func:`nlptasks_summarization.sums.piece_sums` kept of each window.
    """
    sums = sentence_sums(spans, windows, kept)
    means = _unit(sums)
    document = _unit(sums.sum(axis=0))
    return np.concatenate(
        [means, _likeness(means, document), _places(text, spans), _words(text, spans)], axis=1, dtype=np.float32
    )


def _unit(vectors: Floats) -> Floats:
    """Vectors of length 1; one of zeros stays as it is."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: Floats = vectors / np.maximum(norms, np.float32(1e-6))
    return units


def _likeness(means: Floats, document: Floats) -> Floats:
    """Cosines to the document and the first sentence, and the mean cosine to all sentences.

    The last is degree centrality (LexRank, Erkan and Radev 2004), by way of the sum of all sentences: the matrix of a
    long document would not fit into memory.
    """
    return np.stack([means @ document, means @ means[0], means @ means.mean(axis=0)], axis=1)


def _places(text: str, spans: Sequence[Span]) -> NDArray[np.float64]:
    """Where each sentence stands, in the document and in its paragraph."""
    size = len(spans)
    at = np.arange(size)
    opens = [not row or len(text[spans[row - 1][1] : start].splitlines()) > 1 for row, (start, _) in enumerate(spans)]
    closes = [*opens[1:], True]
    place = at / max(size - 1, 1)
    return np.stack([place, 1 / (at + 1), at == 0, at == 1, at == size - 1, opens, closes], axis=1)


def _words(text: str, spans: Sequence[Span]) -> NDArray[np.float64]:
    """How long each sentence is, alone and beside the others, whether it counts, and how usual its words are here."""
    sentences = [text[start:end] for start, end in spans]
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.float64)
    words = [_WORD.findall(sentence.lower()) for sentence in sentences]
    counts = Counter(word for row in words for word in row)
    again = [sum(counts[word] > 1 for word in row) / max(len(row), 1) for row in words]
    digits = [any(character.isdigit() for character in sentence) for sentence in sentences]
    return np.stack([np.log(lengths), lengths / lengths.mean(), digits, again], axis=1)
