"""Which of the encodings of Latin scripts some bytes are in.

Each of them gives every byte a character, so all decode anything. What tells them apart is which characters come out:
the letters of a language that is written in the encoding, or signs and capitals within words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

__all__ = ["fit", "latin_encoding"]

#: The letters beyond a to z of languages, one language or a few that share them each.
_WESTERN = (
    "äöüßéèêëàâîïôûùçñœæÿ",  # German, French, Dutch
    "áéíóúüñºªç",  # Spanish
    "ãõáéíóúâêôàç",  # Portuguese
    "àèéìíòóùî",  # Italian
    "åäöøæéüšž",  # the North
)
_ICELANDIC, _TURKISH = "áéíóúýþæöð", "çğıöşüâîû"
_CENTRAL = (
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýžäôĺľŕ",
    "áéíóöőúüű",
    "ăâîşţ",
    "čćđšž",
)
_BALTIC = ("āčēģīķļņšūž", "ąčęėįšųūž")

#: The alphabets that an encoding is used for. The first of equals is taken.
_ALPHABETS: Mapping[str, tuple[str, ...]] = {
    "cp1252": _WESTERN,
    "cp1254": (_TURKISH,),
    "iso-8859-1": (_ICELANDIC,),
    "cp1250": _CENTRAL,
    "cp1257": _BALTIC,
    "iso8859-2": _CENTRAL,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp852": _CENTRAL,
    "mac_latin2": _CENTRAL,
    "cp857": (_TURKISH,),
    "mac_turkish": (_TURKISH,),
}

#: Where an encoding stands for an alphabet of another.
_SHOWN = {"iso-8859-1": "cp1252"}

#: How much better another encoding must fit than the usual one.
_MARGIN = 0.15

_TYPOGRAPHIC = "\u201c\u201d\u201e\u2018\u2019\u201a\u2013\u2014\u2026\u2022«»€£°§¿¡™®©"

_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")

#: Bytes that are looked at.
_READ = 1 << 16


def latin_encoding(data: bytes) -> str:
    """The encoding of a text in a Latin script that is not UTF-8; empty where its characters make sense in none."""
    scores = {name: fit(data[:_READ], name, alphabets) for name, alphabets in _ALPHABETS.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] <= scores["cp1252"] + _MARGIN:
        best = "cp1252"
    if scores[best] <= 0:
        return ""
    # A few control characters among letters that fit are slips; windows-1252 cannot read them.
    return "latin-1" if best == "cp1252" and _UNDEFINED_IN_CP1252.search(data) else _SHOWN.get(best, best)


def fit(data: bytes, encoding: str, alphabets: Iterable[str]) -> float:
    """How well characters beyond ASCII fit the alphabet that suits them best, from -1 to 1."""
    text = data.decode(encoding, "replace")
    seen = Counter((text[at - 1 : at], sign, text[at + 1 : at + 2]) for at, sign in enumerate(text) if sign > "\x7f")
    if not seen:
        return 1.0
    return (
        max(
            sum(_fits(sign, before, behind, alphabet) * count for (before, sign, behind), count in seen.items())
            for alphabet in alphabets
        )
        / seen.total()
    )


def _fits(sign: str, before: str, behind: str, alphabet: str) -> float:
    if sign == "\ufffd" or unicodedata.category(sign) == "Cc":
        return -1.0
    if sign in "µªº":
        return -1.0 if behind.isalpha() else 0.5
    if not sign.isalpha():
        if sign not in "\u2019\u00ad\u00b7" and before.isalpha() and behind.isalpha():
            return -1.0
        return 1.0 if sign in _TYPOGRAPHIC else 0.5
    if not before.isalpha() and not behind.isalpha():
        return 0.5
    if sign.isupper() and before.islower():
        return -1.0
    return 1.0 if sign.lower() in alphabet else -0.5
