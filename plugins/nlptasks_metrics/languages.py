"""How languages are written, as far as metrics cut text into words."""

from __future__ import annotations

#: ISO 639-1 codes of languages that are written without spaces between words.
UNSPACED = frozenset({"bo", "dz", "ja", "km", "lo", "my", "th", "zh"})

#: ISO 639-1 codes of languages with spaces between words and letters beyond a to z only, or in nearly every word.
NOT_LATIN = frozenset(
    {
        *("ab", "am", "ar", "as", "av", "ba", "be", "bg", "bn", "ce", "ckb", "cv", "el", "fa", "gu", "he", "hi", "hy"),
        *("iu", "ka", "kk", "kn", "ko", "ks", "kv", "ky", "mai", "mk", "ml", "mn", "mr", "ne", "or", "os", "pa", "ps"),
        *("ru", "sa", "sd", "si", "sr", "ta", "te", "tg", "ti", "tt", "ug", "uk", "ur", "vi", "yi"),
    }
)

#: ISO 15924 codes of the scripts that words are not divided by spaces in. A script stands for a language that is not
#: known: ``und-Thai``.
_UNSPACED_SCRIPTS = frozenset({"hani", "hans", "hant", "hira", "jpan", "kana", "khmr", "laoo", "mymr", "thai", "tibt"})

#: How text is cut into words.
CHARACTERS, WORDS, LATIN = "char", "word", "ascii"


def code(language: str) -> str:
    """The code of a language without its region or script: ``zh`` of ``zh-Hant`` or ``ZH_cn``."""
    return language.replace("_", "-").partition("-")[0].strip().lower()


def cut(language: str) -> str:
    """How text of a language is cut: into characters, runs of letters of any script, or runs of a to z and digits."""
    found, script = code(language), _script(language)
    if found in UNSPACED or script in _UNSPACED_SCRIPTS:
        return CHARACTERS
    return WORDS if found in NOT_LATIN or (script and script != "latn") else LATIN


def _script(language: str) -> str:
    parts = language.replace("_", "-").lower().split("-")[1:]
    return next((part for part in parts if len(part) == 4 and part.isalpha()), "")
