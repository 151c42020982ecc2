"""Which of the encodings of Cyrillic scripts some bytes are in.

They differ in where capitals and a few letters stand, so that a text that is read in another one keeps most of its
letters: capitals turn up within words, and letters of other languages at their beginnings.
"""

from __future__ import annotations

from nlptasks.files.latin_encodings import fit

__all__ = ["ENCODINGS", "cyrillic_encoding"]

_SHARED = "абвгдежзиклмнопрстуфхцчш"

_RUSSIAN = f"{_SHARED}йщъыьэюяё"
_ALPHABETS = (
    _RUSSIAN,
    f"{_SHARED}йщьюяєіїґ",  # Ukrainian
    f"{_SHARED}йыьэюяёіў",  # Belarusian
    f"{_SHARED}йщъьюя",  # Bulgarian
    f"{_SHARED}ђјљњћџ",  # Serbian
    f"{_SHARED}ѓѕјљњќџ",  # Macedonian
)

#: The first of equals is taken.
ENCODINGS = ("cp1251", "koi8_r", "koi8_u", "cp866", "cp1125", "iso8859_5", "mac_cyrillic")

#: How well a text must fit where nothing else says that it is Cyrillic.
_CERTAIN = 0.9

#: How well it must fit anyway: Greek and Arabic of other encodings look like Cyrillic with capitals all over.
_LEAST = 0.7

#: How much better another encoding must fit than the one that a detector found.
_MARGIN = 0.01


def cyrillic_encoding(data: bytes, found: str) -> str:
    """The encoding of a text that may be in a Cyrillic script.

    Args:
        data: Some of its bytes.
        found: What a detector takes them for; empty: it does not know.

    Returns:
        The encoding in which the letters fit best, where that is clear; else ``found``; empty where they fit in none.
    """
    if found and found not in ENCODINGS:
        return found
    scores = {name: fit(data, name, _ALPHABETS) for name in ENCODINGS}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < _LEAST:
        return ""
    return best if scores[best] > (scores[found] + _MARGIN if found else _CERTAIN) else found
