"""The language that metrics cut words by, where nobody names it: told by the script of the references."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import open_metrics, refused
from nlptasks.errors import DataError
from nlptasks.plugin import MetricSpec
from nlptasks.text.display import one_line

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


def language_of(texts: Iterable[str]) -> str:
    """The language of texts as far as the script of most of their letters tells it; empty for Latin letters.

    A code of ISO 639-1, or ``und-`` and the script where it is that of many languages.
    """
    counts: Counter[str] = Counter()
    for text, _ in zip(texts, range(_TEXTS), strict=False):
        counts.update(_script(letter) for letter in text[:_CHARACTERS] if letter.isalpha())
    kana = counts["ja"]
    if kana >= _KANA * (kana + counts["zh"]):
        counts["ja"] += counts.pop("zh", 0)
    else:
        counts["zh"] += counts.pop("ja", 0)
    return max(counts, key=lambda script: counts[script], default="") if counts.total() else ""


def _script(letter: str) -> str:
    at = bisect_right(_STARTS, ord(letter)) - 1
    return _SCRIPTS[at][1] if at >= 0 else ""


def language_for(
    registry: Registry, names: Sequence[str], golds: Iterable[str], given: str
) -> tuple[str, tuple[str, ...]]:
    """The language that some metrics are told, and what is to be said of it, a line each.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        golds: The references.
        given: What the user or the data set says; empty: nothing.
    """
    if given or not any(item.spec.by_language for item in registry.all(MetricSpec) if item.spec.name in names):
        return given, ()
    found = language_of(golds)
    said = (f"language {found}, by the script of the references; --language CODE names another",) if found else ()
    return found, said


def check_references(
    registry: Registry, names: Sequence[str], golds: Sequence[tuple[str, str]], *, language: str, source: str
) -> None:
    """Refuse references that no prediction could be right beside.

    Args:
        registry: What is installed.
        names: Names of the metrics.
        golds: The id of each example, and its gold answer.
        language: The language that the metrics are told.
        source: What errors call the data.

    Raises:
        DataError: A metric finds nothing in one that it counts.
    """
    metrics = open_metrics(registry, names, labels=(), language=language)
    for name, (gold, reason) in refused(metrics.values(), (gold for _, gold in golds)).items():
        at = next(id_ for id_, other in golds if other == gold)
        raise DataError(
            source,
            f"row {one_line(at, 40)}: the reference {one_line(gold, 40)!r} cannot be scored with {name}: {reason}",
            hint="repair the row or leave it out; a score of 0 would say nothing about the prediction",
        )
