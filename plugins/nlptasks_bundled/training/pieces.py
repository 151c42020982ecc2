"""From examples to token ids with targets: what one step of training reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nlptasks.models.spans import span_targets, span_windows
from nlptasks.plugin.protocols import Encoder, Example, Window

#: Proportion of a window that the windows of a long context have in common; SQuAD's 128 of 384 tokens.
OVERLAP = 1 / 3

#: The target of a token that is not learnt, as PyTorch's cross-entropy has it.
IGNORED = -100

#: Examples that are tokenized at a time.
_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class TrainingPiece:
    """One window with its target.

    Args:
        ids: ``[tokens]``, int32.
        types: ``[tokens]``, int8: segment of each token.
        text: Positions of the first token of the text and of the one behind its last.
        target: ``(label,)``, or ``(first, last)`` token of the answer, as positions in ``ids``, or a label of each
            token.
        partner: What it is to be near, where it is one of a pair.
    """

    ids: NDArray[np.int32]
    types: NDArray[np.int8]
    text: tuple[int, int]
    target: tuple[int, ...]
    partner: TrainingPiece | None = None

    def __len__(self) -> int:
        """Tokens, and for a pair twice those of the longer one, which both are padded to."""
        return 2 * max(len(self.ids), len(self.partner.ids)) if self.partner else len(self.ids)


def label_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """The first window of each text: later ones would be trained on a label that they may not show."""
    texts = ["\n".join(example.inputs.values()) for example in examples]
    return encoder.tokenize(texts, max_tokens=max_tokens, max_windows=1)


def context_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """Overlapping windows of each context behind its question."""
    return span_windows(encoder, examples, max_tokens, int(max_tokens * OVERLAP))


def label_pieces(
    encoder: Encoder, examples: Iterable[Example], max_tokens: int, labels: Sequence[str]
) -> Iterator[TrainingPiece]:
    """A piece of each example."""
    at = {label: position for position, label in enumerate(labels)}
    for block in blocks(examples):
        for example, windows in zip(block, label_windows(encoder, block, max_tokens), strict=True):
            yield piece_of(windows[0], (at[example.gold or ""],))


def span_pieces(encoder: Encoder, examples: Iterable[Example], max_tokens: int) -> Iterator[TrainingPiece]:
    """A piece of each example whose answer stands in its context: the first window that holds all of the answer."""
    for block in blocks(examples):
        for window, target in span_targets(block, context_windows(encoder, block, max_tokens)):
            yield piece_of(window, target)


def any_pieces(encoder: Encoder, examples: Iterable[Example], max_tokens: int) -> Iterator[TrainingPiece]:
    """A piece of each example, whatever the task, without a target: the first window of its inputs."""
    for block in blocks(examples):
        for windows in first_windows(encoder, block, max_tokens):
            yield piece_of(windows[0], ())


def first_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """The first window of each example, a context behind its question."""
    if all("context" in example.inputs for example in examples):
        return [windows[:1] for windows in context_windows(encoder, examples, max_tokens)]
    return label_windows(encoder, examples, max_tokens)


def piece_of(window: Window, target: tuple[int, ...], partner: TrainingPiece | None = None) -> TrainingPiece:
    """A window as arrays, with its target."""
    return TrainingPiece(
        ids=np.array(window.ids, dtype=np.int32),
        types=np.array(window.types or (0,) * len(window), dtype=np.int8),
        text=(window.start, window.start + len(window.offsets)),
        target=target,
        partner=partner,
    )


def blocks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    """The examples in lists of those that are tokenized together."""
    iterator = iter(examples)
    while block := list(islice(iterator, _BLOCK)):
        yield block
