"""Named entities: a tag of each word, learnt by the first token of the word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from nlptasks.errors import NlptasksError
from nlptasks.plugin.protocols import Encoder, Example, Window

from .pieces import IGNORED, TrainingPiece, blocks, piece_of

#: The tag of a word outside of all entities.
OUTSIDE = "O"


class Tags:
    """What an output layer for entities predicts: a tag of each token."""


def words_of(example: Example) -> list[str]:
    """The words of a text.

    Raises:
        NlptasksError: The text is no JSON list of words.
    """
    return _listed(next(iter(example.inputs.values())), "words")


def tags_of(example: Example) -> list[str]:
    """The tags of its words.

    Raises:
        NlptasksError: The gold answer is no JSON list of tags, or there are not as many as words.
    """
    tags = _listed(example.gold or "", "tags")
    if len(tags) != len(words_of(example)):
        raise NlptasksError(f"{len(words_of(example))} words have {len(tags)} tags: {example.gold}")
    return tags


def tag_windows(encoder: Encoder, examples: Sequence[Example], max_tokens: int) -> list[list[Window]]:
    """The first window of each text, with the offsets of its tokens."""
    texts = [" ".join(words_of(example)) for example in examples]
    return encoder.tokenize(texts, max_tokens=max_tokens, max_windows=1, offsets=True)


def tag_pieces(
    encoder: Encoder, examples: Iterable[Example], max_tokens: int, labels: Sequence[str]
) -> Iterator[TrainingPiece]:
    """A piece of each text, whose target is a label of each token: of a word's first one, and of no other."""
    at = {label: position for position, label in enumerate(labels)}
    for block in blocks(examples):
        for example, windows in zip(block, tag_windows(encoder, block, max_tokens), strict=True):
            target = [IGNORED] * len(windows[0])
            tags = tags_of(example)
            for word, token in first_tokens(words_of(example), windows[0]):
                target[token] = at[tags[word]]
            yield piece_of(windows[0], tuple(target))


def first_tokens(words: Sequence[str], window: Window) -> Iterator[tuple[int, int]]:
    """Each word of a window with the position of its first token; a token may begin with the space before a word."""
    owner = [place for at, word in enumerate(words) for place in [*[at] * len(word), -1]]
    seen = -1
    for position, (start, end) in enumerate(window.offsets, window.start):
        if end > start and owner[end - 1] > seen:
            seen = owner[end - 1]
            yield seen, position


def entity_scores(found: Iterable[Sequence[str]], gold: Iterable[Sequence[str]]) -> dict[str, float]:
    """F1 of whole entities over all texts, as the shared task of CoNLL-2003 has it."""
    right = predicted = wanted = 0
    for mine, theirs in zip(found, gold, strict=True):
        ours, golds = set(entities(mine)), set(entities(theirs))
        right, predicted, wanted = right + len(ours & golds), predicted + len(ours), wanted + len(golds)
    return {"entity-f1": 2 * right / (predicted + wanted) if predicted + wanted else 0.0}


def entities(tags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Kind, first word and the one behind the last of each entity of BIO tags; a stray ``I-`` begins one."""
    kind, start = "", 0
    for at, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, name = tag.partition("-")
        if kind and not (prefix == "I" and name == kind):
            yield kind, start, at
            kind = ""
        if not kind and prefix in ("B", "I"):
            kind, start = name, at


def _listed(text: str, what: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise NlptasksError(f"the objective 'entities' wants a JSON list of {what}, not {text[:60]!r}")
    return found
