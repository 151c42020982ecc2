"""BIO tags of tokens, and the entities that they stand for (IOB2: the first token of each entity is ``B-``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

#: The tag of a token outside of all entities.
OUTSIDE = "O"

#: First token, the one behind the last, and the type; or, behind ``in_characters``, the same in characters.
Span = tuple[int, int, str]


def spans_of(tags: Sequence[str], *, iob1: bool = False) -> Iterator[Span]:
    """The entities of a sentence, in tokens.

    Args:
        tags: A tag of each token.
        iob1: Whether ``I-`` may begin an entity, as in the files that CoNLL-2003 was published in.

    Raises:
        ValueError: A tag is none, or an ``I-`` continues nothing.
    """
    start, kind = 0, ""
    for at, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, name = tag.partition("-")
        if tag != OUTSIDE and (prefix not in ("B", "I") or not name):
            raise ValueError(f"{tag!r} is no tag; tags are O, B-TYPE and I-TYPE")
        goes_on = prefix == "I" and name == kind
        if prefix == "I" and not goes_on and not iob1:
            raise ValueError(f"{tag!r} continues no entity: the tag before it is {tags[at - 1] if at else OUTSIDE!r}")
        if kind and not goes_on:
            yield start, at, kind
            kind = ""
        if name and not goes_on:
            start, kind = at, name


def tags_of(spans: Iterable[Span], length: int) -> tuple[list[str], int]:
    """A tag of each token, and how many spans have none because another one, a longer one first, has their tokens."""
    tags, lost = [OUTSIDE] * length, 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if any(tag != OUTSIDE for tag in tags[start:end]):
            lost += 1
        else:
            tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return tags, lost


def in_tokens(spans: Iterable[Span], places: Sequence[tuple[int, int]]) -> Iterator[tuple[Span, bool]]:
    """Spans of characters as spans of the tokens that they touch, and whether they are these tokens exactly.

    Args:
        spans: Spans of characters; those that touch no token are left out.
        places: First character of each token, and the one behind its last.
    """
    for start, end, kind in spans:
        touched = [at for at, (left, right) in enumerate(places) if left < end and right > start]
        if touched:
            first, last = touched[0], touched[-1]
            yield (first, last + 1, kind), (start, end) == (places[first][0], places[last][1])


def in_characters(spans: Iterable[Span], places: Sequence[tuple[int, int]]) -> list[Span]:
    """Spans of tokens as spans of characters."""
    return [(places[start][0], places[end - 1][1], kind) for start, end, kind in spans]
