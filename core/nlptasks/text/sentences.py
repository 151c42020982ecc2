"""Finds sentences by marks, abbreviations and line breaks, in any script; no model and no dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Start and end of a sentence, in characters of the text.
Span = tuple[int, int]

#: Marks that end a sentence where white space follows, and those that end it wherever they stand.
_SPACED = ".!?…؟۔।॥"
_TIGHT = "。！？｡"
_CLOSING = "\"'”’»›)]}」』）】》\ufe0e\ufe0f"

#: The breaks of ``str.splitlines``, so that a sentence is one line for whoever reads a summary line by line.
_LINE = re.compile("[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_MARK = re.compile(f"[{_SPACED}{_TIGHT}][{_SPACED}{_TIGHT}{re.escape(_CLOSING)}]*")
_WORD = re.compile(r"[^\W_]")
_NEXT = re.compile(r"\s*[\"'“‘«‹(\[{]*(\w*)")

#: The word right before a full stop: letters, with full stops between them in ``U.S``.
_BEFORE = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*$")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_LONGEST = 24


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: Abbreviations inside a sentence; those that stand before a number; and words that seldom follow initials inside a
#: sentence: "in the U.S. The dollar" are two.
_INSIDE = _words(
    "mr mrs ms mx dr prof st rev fr sr jr gen col maj capt lt sgt cpl cmdr adm gov sen rep hon pres supt insp messrs "
    "vs viz cf approx dept est e.g i.e hr ing mme mlle bzw ca usw dipl z.b d.h"
)
_NUMBERED = _words("no nos nr fig figs vol pp p ch sec art eq ref jan feb mar apr jun jul aug sep sept oct nov dec")
_STARTERS = _words(
    "a after all also although an and as at both but by each every everyone few for he her his how however if in it "
    "its last many meanwhile more most mr mrs ms no nobody not nothing now on one only she since so some still that "
    "the their then there these they this those to we what when where while who why with yet you"
)


def split(text: str) -> list[Span]:
    """The sentences of a text, in order.

    A line break always ends a sentence. The spans do not overlap, have no white space at their ends, and leave nothing
    but white space out.
    """
    # Where nothing is in upper case, as in chats, a small letter does not tell that a sentence goes on.
    small = text.islower()
    return [span for line in _LINE.finditer(text) for span in _line(text, *line.span(), small)]


def _line(text: str, start: int, stop: int, small: bool) -> list[Span]:
    """The sentences of a line; one that holds no letter and no digit belongs to the one before it."""
    spans: list[Span] = []
    for end in (*_ends(text, start, stop, small), stop):
        begin, cut = _strip(text, start, end)
        if begin < cut:
            if spans and not _WORD.search(text, begin, cut):
                spans[-1] = spans[-1][0], cut
            else:
                spans.append((begin, cut))
        start = end
    return spans


def _ends(text: str, start: int, stop: int, small: bool) -> Iterator[int]:
    """Where sentences end before the end of the line."""
    first = _WORD.search(text, start, stop)
    for mark in _MARK.finditer(text, start, stop):
        # Marks before any word open the sentence that follows: "... and then".
        if first and first.start() < mark.start() and _is_end(text, start, mark, stop, small):
            yield mark.end()
            start = mark.end()
            first = _WORD.search(text, start, stop)


def _is_end(text: str, start: int, mark: re.Match[str], stop: int, small: bool) -> bool:
    if any(character in _TIGHT for character in mark[0]):
        return True
    if mark.end() < stop and not text[mark.end()].isspace():
        return False
    following = _NEXT.match(text, mark.end(), stop)
    word = following[1] if following else ""
    if word[:1].islower() and not small:
        return False
    return mark[0][0] != "." or not _abbreviated(text[max(start, mark.start() - _LONGEST) : mark.start()], word)


def _abbreviated(before: str, following: str) -> bool:
    """Whether a full stop behind ``before`` belongs to an abbreviation and the sentence goes on with ``following``."""
    found = _BEFORE.search(before)
    if not found:
        return False
    word = found[0].lower()
    if word in _NUMBERED:
        return following[:1].isdigit()
    if word in _INSIDE:
        return True
    # "J. Smith" and "U.S. dollar" go on; a lone letter that is no capital ("vitamin c.") ends.
    return bool(_INITIALS.fullmatch(found[0])) and found[0].isupper() and following.lower() not in _STARTERS


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
