"""The scripts of texts, and what they say of the language."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["can_be", "language_of", "other_letters", "other_scripts"]

#: First code points of scripts, with what they say of the language: its code where one language has the script to
#: itself, nearly, and the script alone where many share it (BCP 47: ``und-Cyrl``).
_SCRIPTS = (
    *((0x0041, ""), (0x0370, "el"), (0x0400, "und-Cyrl"), (0x0530, "hy"), (0x0590, "he"), (0x0600, "und-Arab")),
    *((0x0700, "und-Syrc"), (0x0750, "und-Arab"), (0x0780, "dv"), (0x07C0, "und-Nkoo"), (0x0800, "und-Samr")),
    *((0x0860, "und-Arab"), (0x0900, "und-Deva"), (0x0980, "und-Beng"), (0x0A00, "pa"), (0x0A80, "gu"), (0x0B00, "or")),
    *((0x0B80, "ta"), (0x0C00, "te"), (0x0C80, "kn"), (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"), (0x0E80, "lo")),
    *((0x0F00, "bo"), (0x1000, "my"), (0x10A0, "ka"), (0x1100, "ko"), (0x1200, "und-Ethi"), (0x13A0, "chr")),
    *((0x1400, "iu"), (0x1680, ""), (0x1780, "km"), (0x1800, "mn"), (0x18B0, "iu"), (0x1900, "")),
    *((0x1C90, "ka"), (0x1CC0, ""), (0x1F00, "el"), (0x2000, ""), (0x2D00, "ka"), (0x2D30, "und-Tfng")),
    *((0x2D80, "und-Ethi"), (0x2DE0, "und-Cyrl"), (0x2E00, ""), (0x3005, "zh"), (0x3008, ""), (0x3040, "ja")),
    *((0x3100, "zh"), (0x3130, "ko"), (0x3190, ""), (0x31F0, "ja"), (0x3200, ""), (0x3400, "zh"), (0x4DC0, "")),
    *((0x4E00, "zh"), (0xA000, "ii"), (0xA4D0, ""), (0xA640, "und-Cyrl"), (0xA6A0, ""), (0xA960, "ko"), (0xA980, "")),
    *((0xA9E0, "my"), (0xAA00, ""), (0xAA60, "my"), (0xAA80, ""), (0xAB00, "und-Ethi"), (0xAB30, ""), (0xAC00, "ko")),
    *((0xD800, ""), (0xF900, "zh"), (0xFB00, ""), (0xFB1D, "he"), (0xFB50, "und-Arab"), (0xFE00, "")),
    *((0xFE70, "und-Arab"), (0xFF00, ""), (0xFF66, "ja"), (0xFFA0, "ko"), (0xFFE0, ""), (0x20000, "zh"), (0x40000, "")),
)
_STARTS = tuple(start for start, _ in _SCRIPTS)

#: Texts and characters of each that are looked at.
_TEXTS, _CHARACTERS = 2_000, 500

#: Kana among ten letters that make Japanese of Han characters.
_KANA = 0.1

#: The languages that are written in a script, where its code here is not that of the only one.
_WRITTEN = {
    "und-Arab": frozenset({"ar", "fa", "ur", "ps", "ug", "sd", "ku", "ckb", "ms", "az", "ks", "pa", "dv"}),
    "und-Beng": frozenset({"bn", "as"}),
    "und-Cyrl": frozenset(
        {"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn", "tt", "ba", "cv", "ce", "os", "ab", "kv"}
        | {"av", "uz", "az", "bs", "sh", "tk", "cu"}
    ),
    "und-Deva": frozenset({"hi", "mr", "ne", "sa", "bho", "mai", "sd", "ks", "kok"}),
    "und-Ethi": frozenset({"am", "ti", "om", "gez"}),
    "he": frozenset({"he", "iw", "yi"}),
    "ja": frozenset({"ja"}),
    "ko": frozenset({"ko"}),
    "zh": frozenset({"zh", "yue", "lzh", "wuu", "ja", "ko"}),
}


def language_of(texts: Iterable[str]) -> str:
    """The language of texts as far as the script of most of their letters tells it; empty for Latin letters.

    A code of ISO 639-1, or ``und-`` and the script where it is that of many languages.
    """
    counts: Counter[str] = Counter()
    for text, _ in zip(texts, range(_TEXTS), strict=False):
        if text.isascii():
            counts[""] += sum(map(str.isalpha, text[:_CHARACTERS]))
            continue
        for letter, count in Counter(text[:_CHARACTERS]).items():
            if letter.isalpha():
                counts[_script(letter)] += count
    kana = counts["ja"]
    if kana >= _KANA * (kana + counts["zh"]):
        counts["ja"] += counts.pop("zh", 0)
    else:
        counts["zh"] += counts.pop("ja", 0)
    return max(counts, key=lambda script: counts[script], default="") if counts.total() else ""


def other_letters(texts: Iterable[str]) -> tuple[int, str]:
    """How many of some texts hold letters of a script other than the Latin one, and the language of most of these.

    The language is called as :func:`language_of` calls it; empty where there is none.
    """
    found: Counter[str] = Counter()
    texts_with = 0
    for text, _ in zip(texts, range(_TEXTS), strict=False):
        if text.isascii():
            continue
        scripts = Counter(script for letter in text[:_CHARACTERS] if letter.isalpha() and (script := _script(letter)))
        texts_with += bool(scripts)
        found.update(scripts)
    return texts_with, max(found, key=lambda script: found[script], default="")


def can_be(script: str, languages: Iterable[str]) -> bool:
    """Whether a text in a script other than the Latin one can be in one of some languages.

    Args:
        script: The script, as :func:`language_of` calls it.
        languages: Codes of ISO 639-1.
    """
    return not _WRITTEN.get(script, frozenset({script})).isdisjoint(languages)


@lru_cache(maxsize=1)
def other_scripts() -> frozenset[str]:
    """The languages that are written in another script than the Latin one, some of them in both."""
    return frozenset({script for _, script in _SCRIPTS if script}.union(*_WRITTEN.values()))


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str:
    at = bisect_right(_STARTS, ord(letter)) - 1
    return _SCRIPTS[at][1] if at >= 0 else ""
