"""How languages are written, as far as metrics cut text into words."""

from __future__ import annotations

#: ISO 639-1 codes of languages that are written without spaces between words.
UNSPACED = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "zh"})

#: ISO 639-1 codes of languages with spaces between words and letters beyond a to z only.
NOT_LATIN = frozenset(
    {
        *("am", "ar", "be", "bg", "bn", "el", "fa", "gu", "he", "hi", "hy", "ka", "kk", "kn", "ko", "ky", "mk", "ml"),
        *("mn", "mr", "ne", "pa", "ps", "ru", "si", "ta", "te", "tg", "uk", "ur", "yi"),
    }
)


def code(language: str) -> str:
    """The code of a language without its region or script: ``zh`` of ``zh-Hant`` or ``ZH_cn``."""
    return language.replace("_", "-").partition("-")[0].strip().lower()
