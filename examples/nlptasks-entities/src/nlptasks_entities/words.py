"""The words of a text: where they stand, what their letters look like, and the states of the tokens in them.

Encoders that ship with nlptasks read text in lower case, and capitals say much about names: so the layer also sees the
shape of each word and of its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlptasks.plugin.protocols import Window

Numbers = NDArray[np.float32]

_IDEOGRAM = "\u3040-\u30ff\u3400-\u9fff"
_LETTERS = rf"(?:(?![{_IDEOGRAM}])[^\W_][\u0300-\u036f]*)+"

#: Letters and digits with what joins them (``U.S.``, ``O'Brien``, ``Al-Ain``, ``AT&T``); else a character alone.
_WORD = re.compile(rf"{_LETTERS}(?:[.'’&/-]{_LETTERS})*(?:(?<=\.\w)\.)?|\S")

#: Numbers that :func:`shapes` gives for a word.
SHAPES = 26


def word_places(text: str) -> list[tuple[int, int]]:
    """First character of each word, and the one behind its last."""
    return [found.span() for found in _WORD.finditer(text)]


def shapes(text: str, places: Sequence[tuple[int, int]]) -> Numbers:
    """What words look like, ``[words, SHAPES]`` of 0 and 1: each one, the one before it and the one behind it."""
    words = [text[start:end] for start, end in places]
    glued = [at > 0 and places[at - 1][1] == start for at, (start, _) in enumerate(places)]
    own = np.array([[*_shape(word), near] for word, near in zip(words, glued, strict=True)], dtype=np.float32)
    own = own.reshape(-1, 8)
    whole = np.zeros((len(words), 2), dtype=np.float32)
    whole[:1, 0] = 1  # a sentence begins with a capital, whatever its first word is
    whole[:, 1] = text.upper() == text
    return np.concatenate([own, *shifted(own), whole], axis=1)


def _shape(word: str) -> tuple[bool, ...]:
    return (
        word[:1].isupper(),
        word.isupper() and len(word) > 1,
        word.isupper() and len(word) == 1,
        word.islower(),
        not word.isupper() and any(letter.isupper() for letter in word[1:]),
        any(letter.isdigit() for letter in word),
        not any(letter.isalnum() for letter in word),
    )


def shifted(rows: Numbers) -> tuple[Numbers, Numbers]:
    """For each row the one before it and the one behind it; zeros where there is none."""
    none = np.zeros_like(rows[:1])
    return np.concatenate([none, rows[:-1]]), np.concatenate([rows[1:], none])


def of_words(
    text: str, places: Sequence[tuple[int, int]], windows: Sequence[Window], values: Sequence[Numbers], width: int
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Means of values over the tokens of each word, and whether it has any.

    A word that several windows hold is read in the one that has most around it.

    Args:
        text: The text.
        places: Its words.
        windows: Its windows, with offsets.
        values: For each window ``[tokens, width]``, special tokens and padding too.
        width: Numbers of a token.

    Returns:
        ``[words, width]``, zeros for words without tokens; ``[words]``.
    """
    owner = np.full(len(text) + 1, -1)
    for word, (start, end) in enumerate(places):
        owner[start:end] = word
    means, margins = np.zeros((len(places), width), dtype=np.float32), np.full(len(places), -1)
    for number, (window, rows) in enumerate(zip(windows, values, strict=True)):
        before, behind = (0 if number else len(text)), (0 if number + 1 < len(windows) else len(text))
        tokens: dict[int, list[int]] = {}
        for at, (start, end) in enumerate(window.offsets):
            if end > start and owner[end - 1] >= 0:  # a token may begin with the space before its word
                tokens.setdefault(int(owner[end - 1]), []).append(at)
        for word, found in tokens.items():
            margin = min(found[0] + before, len(window.offsets) - 1 - found[-1] + behind)
            if margin > margins[word]:
                means[word] = rows[window.start + found[0] : window.start + found[-1] + 1].mean(axis=0)
                margins[word] = margin
    return means, margins >= 0
