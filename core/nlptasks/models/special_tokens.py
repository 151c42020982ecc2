"""What stands around a text in a window, and windows as the arrays that a model reads, in batches of like lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.batching import batches
from nlptasks.plugin.protocols import Window

__all__ = ["Frame", "Framing", "batches", "common", "framing_of", "stack"]


@dataclass(frozen=True)
class Frame:
    """The tokens around a text in each of its windows.

    Args:
        before: Tokens before the text, which are of segment 0.
        after: Tokens behind the text.
        segments: Segment of the text, then of each token in ``after``; empty: all 0, and windows do without them.
        unread: Tokens of a question that were cut off.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    segments: tuple[int, ...] = ()
    unread: int = 0

    def __len__(self) -> int:
        return len(self.before) + len(self.after)

    def led(self, lead: Sequence[int]) -> Frame:
        """The frame with further tokens right before the text."""
        return replace(self, before=(*self.before, *lead))

    def around(self, ids: Sequence[int]) -> Window:
        """One window with these tokens of a text."""
        types: tuple[int, ...] = ()
        if self.segments:
            own, *behind = self.segments
            types = (*(0 for _ in self.before), *(own for _ in ids), *behind)
        return Window(ids=(*self.before, *ids, *self.after), types=types, start=len(self.before))

    def windows(
        self,
        ids: Sequence[int],
        places: Sequence[tuple[int, int]] = (),
        *,
        size: int,
        overlap: int = 0,
        most: int = 0,
    ) -> list[Window]:
        """Cut a text into pieces, and put each into the frame.

        Args:
            ids: The text's tokens.
            places: ``(start, end)`` of each in characters of the text; empty where nobody asks for them.
            size: Tokens of the text in a window, one or more.
            overlap: Tokens that a window shares with the one before it, at most half of ``size``.
            most: Most windows; 0: as many as it takes.
        """
        overlap = min(overlap, size // 2)  # with more, a long text would take many times its own tokens
        starts = range(0, max(len(ids) - overlap, 1), size - overlap)
        kept = starts[:most] if most else starts
        return [
            replace(
                self.around(ids[at : at + size]),
                cut=self.unread + max(len(ids) - at - size, 0) if at == kept[-1] else 0,
                offsets=tuple(places[at : at + size]),
            )
            for at in kept
        ]


@dataclass(frozen=True)
class Framing:
    """How a tokenizer frames one text or a pair of texts.

    Args:
        before: Tokens before the first text.
        between: Tokens between two texts.
        after: Tokens behind the last text.
        second: Segment of the second text and of what stands behind it.
    """

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    second: int

    def alone(self) -> Frame:
        """The frame of a text alone."""
        return Frame(self.before, self.after)

    def behind(self, question: Sequence[int], most: int) -> Frame:
        """The frame of a text behind a question, of which ``most`` tokens are kept."""
        return Frame(
            before=(*self.before, *question[:most], *self.between),
            after=self.after,
            segments=(self.second,) * (1 + len(self.after)),
            unread=max(len(question) - most, 0),
        )

    def before_question(self, question: Sequence[int], most: int) -> Frame:
        """The frame of a text before a question, of which ``most`` tokens are kept."""
        asked = (*question[:most], *self.after)
        return Frame(
            before=self.before,
            after=(*self.between, *asked),
            segments=(0,) * (1 + len(self.between)) + (self.second,) * len(asked),
            unread=max(len(question) - most, 0),
        )


def framing_of(word: Sequence[int], single: Sequence[int], pair: Sequence[int], segments: Sequence[int]) -> Framing:
    """What a tokenizer puts around texts, seen on a word and on a pair of such words.

    Args:
        word: Tokens of the word alone; one or more.
        single: The same with special tokens.
        pair: Tokens of the word twice, as a pair with special tokens.
        segments: Segment of each of these; empty: all 0.
    """
    size = len(word)
    start = _place(word, single, 0)
    second = _place(word, pair, start + size)
    return Framing(
        before=tuple(single[:start]),
        between=tuple(pair[start + size : second]),
        after=tuple(single[start + size :]),
        second=segments[second] if segments else 0,
    )


def stack(
    windows: Sequence[Window], pad: int, *, left: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Windows as the arrays that a model reads.

    Args:
        windows: One or more.
        pad: Token that fills the shorter ones.
        left: Whether it fills them at the left.

    Returns:
        Token ids, segments and the mask, each ``[windows, tokens]``.
    """
    longest = max(map(len, windows))
    ids = np.full((len(windows), longest), pad, dtype=np.int64)
    types, mask = np.zeros_like(ids), np.zeros_like(ids, dtype=np.bool_)
    for row, window in enumerate(windows):
        own = slice(longest - len(window), longest) if left else slice(len(window))
        ids[row, own] = window.ids
        mask[row, own] = True
        if window.types:
            types[row, own] = window.types
    return ids, types, mask


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two lists begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _place(word: Sequence[int], ids: Sequence[int], start: int) -> int:
    """Where the word stands in the tokens, from ``start`` on."""
    found: Any = (at for at in range(start, len(ids)) if list(ids[at : at + len(word)]) == list(word))
    return int(next(found))
