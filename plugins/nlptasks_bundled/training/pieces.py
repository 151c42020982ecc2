"""From examples to token ids with targets: what one step of training reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nlptasks.contracts import Encoder, Example, Window

#: Share of a window that the windows of a long context have in common; SQuAD's 128 of 384 tokens.
OVERLAP = 1 / 3

#: Examples that are tokenized at a time.
_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One window with its target.

    Args:
        ids: ``[tokens]``, int32.
        types: ``[tokens]``, int8: segment of each token.
        text: Positions of the first token of the text and of the one behind its last.
        target: ``(label,)``, or ``(first, last)`` token of the answer, as positions in ``ids``.
    """

    ids: NDArray[np.int32]
    types: NDArray[np.int8]
    text: tuple[int, int]
    target: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


def label_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """The first window of each text: later ones would be trained on a label that they may not show."""
    texts = ["\n".join(example.inputs.values()) for example in examples]
    return encoder.tokenize(texts, max_tokens=max_tokens, max_windows=1)


def span_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """Overlapping windows of each context behind its question."""
    return encoder.tokenize(
        [example.inputs["context"] for example in examples],
        questions=[example.inputs["question"].strip() for example in examples],
        max_tokens=max_tokens,
        overlap=int(max_tokens * OVERLAP),
        offsets=True,
    )


def label_pieces(
    encoder: Encoder, examples: Iterable[Example], max_tokens: int, labels: Sequence[str]
) -> Iterator[Piece]:
    """A piece of each example."""
    at = {label: position for position, label in enumerate(labels)}
    for block in _blocks(examples):
        for example, windows in zip(block, label_windows(encoder, block, max_tokens), strict=True):
            yield piece_of(windows[0], (at[example.gold or ""],))


def span_pieces(encoder: Encoder, examples: Iterable[Example], max_tokens: int) -> Iterator[Piece]:
    """A piece of each example whose answer stands in its context: the first window that holds all of the answer."""
    for block in _blocks(examples):
        for example, windows in zip(block, span_windows(encoder, block, max_tokens), strict=True):
            place = answer_place(example.inputs["context"], answers_of(example.gold or ""))
            found = (_span_piece(window, *place) for window in windows) if place else iter(())
            piece = next((piece for piece in found if piece is not None), None)
            if piece is not None:
                yield piece


def answers_of(gold: str) -> list[str]:
    """The answers in a gold cell: a JSON list of strings, or one answer as it stands."""
    if not gold.startswith("["):
        return [gold]
    try:
        parsed = json.loads(gold)
    except ValueError:
        return [gold]
    return parsed if parsed and all(isinstance(item, str) for item in parsed) else [gold]


def answer_place(context: str, answers: Sequence[str]) -> tuple[int, int] | None:
    """``(start, end)`` in characters of the first answer that stands in the context, as it is or in another case."""
    for text, wanted in ((context, answers), (context.lower(), [answer.lower() for answer in answers])):
        # Lower-casing may change the length of a text ("İ"), and with it what an offset means.
        for answer in wanted if len(text) == len(context) else ():
            start = _whole_words(text, answer.strip())
            if start >= 0:
                return start, start + len(answer.strip())
    return None


def _whole_words(text: str, answer: str) -> int:
    """Where the answer stands between other words' borders, else where it stands at all, else -1."""
    first = start = text.find(answer) if answer else -1
    while start >= 0:
        end = start + len(answer)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            return start
        start = text.find(answer, start + 1)
    return first


def _span_piece(window: Window, start: int, end: int) -> Piece | None:
    """The window with the tokens that cover the characters from ``start`` to ``end``; ``None`` where it lacks some."""
    covered = [at for at, (left, right) in enumerate(window.offsets) if left < end and right > start]
    if not covered or window.offsets[covered[0]][0] > start or window.offsets[covered[-1]][1] < end:
        return None
    return piece_of(window, (window.start + covered[0], window.start + covered[-1]))


def piece_of(window: Window, target: tuple[int, ...]) -> Piece:
    """A window as arrays, with its target."""
    return Piece(
        ids=np.array(window.ids, dtype=np.int32),
        types=np.array(window.types or (0,) * len(window), dtype=np.int8),
        text=(window.start, window.start + len(window.offsets)),
        target=target,
    )


def _blocks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    iterator = iter(examples)
    while block := list(islice(iterator, _BLOCK)):
        yield block
