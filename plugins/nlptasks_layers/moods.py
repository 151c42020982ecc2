"""Which mood a checkpoint's label stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("negative", "neg", "very negative", "bad"), NEGATIVE),
        **dict.fromkeys(("neutral", "neu", "mixed"), NEUTRAL),
        **dict.fromkeys(("positive", "pos", "very positive", "good"), POSITIVE),
    }
)

#: Labels without a name: two of them are what SST-2 and nearly all others count as negative and positive. More of them
#: come in more than one order.
_UNNAMED = ("label_0", "label_1")

_STARS = re.compile(r"([1-5])(?: ?stars?)?")

#: What a review with so many stars says, as the task reads grades.
_BY_STARS = (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE)


def moods_of(labels: Sequence[str]) -> tuple[str, ...] | None:
    """The mood of each label, or ``None`` where one of them has none or there is no choice between two moods."""
    words = [" ".join(label.lower().replace("_", " ").split()) for label in labels]
    if tuple(label.lower() for label in labels) == _UNNAMED:
        return NEGATIVE, POSITIVE
    stars = [found for word in words if (found := _STARS.fullmatch(word))]
    if len(stars) == len(words) == len(_BY_STARS) and len({found[1] for found in stars}) == len(stars):
        return tuple(_BY_STARS[int(found[1]) - 1] for found in stars)
    moods = tuple(_WORDS.get(word, "") for word in words)
    return moods if all(moods) and {NEGATIVE, POSITIVE} <= set(moods) else None
