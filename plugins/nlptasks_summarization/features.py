"""What the head knows of each sentence: its hidden states, its place, its length and its likeness to the document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks.contracts import HiddenStates, Window

from .sentences import Span

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]

#: Features of a sentence beside its mean state.
EXTRA = 14

_WORD = re.compile(r"[^\W_]+")


def token_states(states: HiddenStates) -> list[Halves]:
    """The hidden states of each window, ``[tokens, width]``; in half precision, since all of a document's are kept."""
    lengths = states.mask.sum(dim=1).tolist()
    halves = states.states.half().cpu().numpy()
    # Copies: a view would keep the padded batch in memory.
    return [row[:length].copy() for row, length in zip(halves, lengths, strict=True)]


def features(text: str, spans: Sequence[Span], windows: Sequence[Window], kept: Sequence[Halves]) -> Floats:
    """Features of each sentence, ``[sentences, width + EXTRA]``; the first ``width`` are its mean state, of length 1.

    Args:
        text: The document.
        spans: Its sentences, one or more.
        windows: Its windows, with offsets.
        kept: What :func:`token_states` kept of each window.
    """
    tokens = np.concatenate(
        [states[w.start : w.start + len(w.offsets)] for w, states in zip(windows, kept, strict=True)], dtype=np.float32
    )
    starts = [start for window in windows for start, _ in window.offsets]
    means = _unit(_means(tokens, np.searchsorted(starts, [start for start, _ in spans])))
    document = _unit(tokens.mean(axis=0) if len(tokens) else np.zeros(tokens.shape[1], np.float32))
    return np.concatenate(
        [means, _likeness(means, document), _places(text, spans), _words(text, spans)], axis=1, dtype=np.float32
    )


def _means(tokens: Floats, begins: NDArray[np.intp]) -> Floats:
    """The mean state of the tokens from each beginning to the next; zeros where there is no token."""
    means = np.zeros((len(begins), tokens.shape[1]), dtype=np.float32)
    for row, (begin, end) in enumerate(zip(begins, [*begins[1:], len(tokens)], strict=True)):
        if end > begin:
            means[row] = tokens[begin:end].mean(axis=0)
    return means


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
    share = at / max(size - 1, 1)
    return np.stack([share, 1 / (at + 1), at == 0, at == 1, at == size - 1, opens, closes], axis=1)


def _words(text: str, spans: Sequence[Span]) -> NDArray[np.float64]:
    """How long each sentence is, alone and beside the others, whether it counts, and how usual its words are here."""
    sentences = [text[start:end] for start, end in spans]
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.float64)
    words = [_WORD.findall(sentence.lower()) for sentence in sentences]
    counts = Counter(word for row in words for word in row)
    again = [sum(counts[word] > 1 for word in row) / max(len(row), 1) for row in words]
    digits = [any(character.isdigit() for character in sentence) for sentence in sentences]
    return np.stack([np.log(lengths), lengths / lengths.mean(), digits, again], axis=1)
