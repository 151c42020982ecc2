"""Sums of hidden states from one sentence border to the next: all that is kept of a window.

Two documents may hold equal windows and other borders in them, since white space makes no token. A window goes through
the backbone once, so that it is cut at the borders of all of them; what is finer than a sentence adds up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import HiddenStates, Window
from nlptasks.text.sentences import Span

Floats = NDArray[np.float32]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a window is cut.

    Args:
        start: Position in the window of the text's first token.
        size: Tokens of the text.
        begins: Where among them pieces begin, ascending from 0; empty where there is no token.
    """

    start: int
    size: int
    begins: Positions


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is kept of a window.

    Args:
        begins: Where among the text's tokens each piece begins, ``[pieces]``.
        sums: Sum of each piece's hidden states, ``[pieces, width]``.
    """

    begins: Positions
    sums: Floats


def sentence_begins(windows: Sequence[Window], spans: Sequence[Span]) -> Positions:
    """Position of each sentence's first token among the tokens of all windows, ``[sentences]``."""
    starts = [start for window in windows for start, _ in window.offsets]
    return np.searchsorted(starts, [start for start, _ in spans])


def cuts(asked: Sequence[Sequence[Window]], sentences: Sequence[Sequence[Span]]) -> dict[Window, Cut]:
    """Where each window is cut.

    Args:
        asked: The windows of each document, with offsets.
        sentences: The sentences of each.
    """
    found: dict[Window, set[int]] = {}
    for windows, spans in zip(asked, sentences, strict=True):
        begins, base = sentence_begins(windows, spans), 0
        for window in windows:
            first, last = np.searchsorted(begins, [base, base + len(window.offsets)])
            found.setdefault(window, {0}).update((begins[first:last] - base).tolist())
            base += len(window.offsets)
    return {window: _cut(window, positions) for window, positions in found.items()}


def _cut(window: Window, positions: set[int]) -> Cut:
    size = len(window.offsets)
    return Cut(window.start, size, np.array(sorted(positions) if size else [], dtype=np.intp))


def piece_sums(states: HiddenStates, known: Mapping[Window, Cut]) -> list[Pieces]:
    """What to keep of each window in a batch.

    Args:
        states: The batch.
        known: The cuts of its windows.
    """
    return [_pieces(row, known[window]) for row, window in zip(states.states, states.windows, strict=True)]


def _pieces(row: Floats, cut: Cut) -> Pieces:
    inside = row[cut.start : cut.start + cut.size]
    sums = np.add.reduceat(inside, cut.begins, axis=0) if cut.size else np.zeros((0, row.shape[1]), np.float32)
    return Pieces(cut.begins, sums)


def sentence_sums(spans: Sequence[Span], windows: Sequence[Window], kept: Sequence[Pieces]) -> Floats:
    """The sum of each sentence's hidden states, ``[sentences, width]``; zeros where it has no token.

    Args:
        spans: The sentences of a document.
        windows: Its windows, with offsets.
        kept: What :func:`piece_sums` kept of each.
    """
    bases = np.cumsum([0, *(len(window.offsets) for window in windows)])[:-1]
    at = np.concatenate([base + pieces.begins for base, pieces in zip(bases, kept, strict=True)])
    rows = np.searchsorted(sentence_begins(windows, spans), at, side="right") - 1
    sums = np.zeros((len(spans), kept[0].sums.shape[1]), np.float32)
    np.add.at(sums, np.maximum(rows, 0), np.concatenate([pieces.sums for pieces in kept]))
    return sums
