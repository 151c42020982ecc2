"""From logits of start and end to the best spans of a text (Devlin et al. 2019, arXiv 1810.04805, section 4.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.predictions import Span
from nlptasks.plugin.protocols import Window

#: Spans whose logits make up the probabilities, as in the reference implementation of BERT on SQuAD.
CANDIDATES = 20

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CandidateSpan:
    """A span of the text by character offsets, and the sum of its start and end logits; an empty one is no answer."""

    start: int
    end: int
    logit: float


def candidates(windows: Sequence[Window], logits: Sequence[Logits], longest: int) -> list[CandidateSpan]:
    """The best spans over all windows of a text, the best first; one that several windows hold counts once.

    Args:
        windows: The windows, with the offsets of their text tokens.
        logits: For each window, ``[tokens, 2]``: start and end of each of its tokens, special ones and padding too.
        longest: Most tokens of a span.
    """
    best: dict[tuple[int, int], float] = {}
    for window, scores in zip(windows, logits, strict=True):
        inside = scores[window.start : window.start + len(window.offsets)]
        for first, last, logit in _spans(inside, longest):
            place = window.offsets[first][0], window.offsets[last][1]
            if place[0] < place[1]:
                best[place] = max(logit, best.get(place, logit))
    found = [CandidateSpan(start, end, logit) for (start, end), logit in best.items()]
    return _ranked(found)[:CANDIDATES]


def with_no_answer(found: Sequence[CandidateSpan], logits: Sequence[Logits]) -> list[CandidateSpan]:
    """The candidates, and among them no answer: the first token of that window which is least for it.

    As in BERT on SQuAD v2: a window of a long text that lacks the answer says nothing about the other windows.
    """
    return _ranked([*found, CandidateSpan(0, 0, min(float(scores[0].sum()) for scores in logits))])


def distinct(text: str, found: Sequence[CandidateSpan]) -> list[Span]:
    """The candidates with their probabilities, the best first; of those with the same words the best one.

    Args:
        text: The text that they are pieces of.
        found: Candidates, the best first.
    """
    spans: dict[str, Span] = {}
    for candidate, score in zip(found, probabilities(found), strict=True):
        end = whole_characters(text, candidate.end) if candidate.end else 0
        piece = text[candidate.start : end]
        # Some tokenizers count the space before a word to it.
        start = candidate.start + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if piece or not candidate.end:
            spans.setdefault(piece, Span(piece, float(score), start, start + len(piece)))
    return list(spans.values())


def probabilities(found: Sequence[CandidateSpan]) -> NDArray[np.float64]:
    """Softmax over the candidates' logits, ``[candidates]``."""
    if not found:
        return np.zeros(0)
    logits = np.array([candidate.logit for candidate in found])
    exponentials = np.exp(logits - logits.max())
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum()
    return probabilities


def whole_characters(text: str, end: int) -> int:
    """Move an end behind the combining marks that belong to the character before it: a token may have lost them."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _ranked(found: Sequence[CandidateSpan]) -> list[CandidateSpan]:
    return sorted(found, key=lambda c: (-c.logit, c.start, c.end))


def _spans(logits: Logits, longest: int) -> list[tuple[int, int, float]]:
    """The best spans of one window: first token, last token, logit."""
    size = len(logits)
    if not size:
        return []
    sums = logits[:, 0][:, None] + logits[:, 1][None, :]
    distance = np.arange(size)[None, :] - np.arange(size)[:, None]
    sums = np.where((distance >= 0) & (distance < longest), sums, -np.inf)
    count = min(CANDIDATES, sums.size)
    top = np.argpartition(-sums, count - 1, axis=None)[:count]
    firsts, lasts = np.unravel_index(top, sums.shape)
    found = sums[firsts, lasts]
    return [
        (int(first), int(last), float(logit))
        for first, last, logit in zip(firsts, lasts, found, strict=True)
        if np.isfinite(logit)
    ]
