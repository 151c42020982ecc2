"""Text and numbers as a board shows them: nothing in a record may hide, reverse or stretch what stands beside it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection

#: Invisible characters that words and pictures are spelt with (zero-width joiners), and what breaks lines.
_KEPT = frozenset("\n\t\u200c\u200d")

#: Categories of characters that are seen as a sign of their own: controls, formats (direction marks among them),
#: surrogates, private ones, and separators of lines and paragraphs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

_SUFFIXES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def visible(text: str, limit: int = 0) -> str:
    """Text with what is invisible made visible, and cut behind ``limit`` characters with a note that says so.

    Args:
        text: Any text.
        limit: Characters that are kept; 0: all.
    """
    kept = text[:limit] if limit and len(text) > limit else text
    shown = kept if kept.isascii() and kept.isprintable() else "".join(map(_sign, kept))
    return f"{shown} […{len(text) - limit:,} characters more]" if len(kept) < len(text) else shown


def one_visible_line(text: str, limit: int = 200) -> str:
    """The same on one line, for names and cells of tables."""
    return visible(" ".join(text.split()) if text.strip() else text.strip(), limit)


def _sign(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def decimals(scale: tuple[float | None, float | None]) -> int:
    """Digits behind the point that values of a metric are shown with: 3 up to a span of 2, else 2."""
    low, high = scale
    return 3 if low is not None and high is not None and high - low <= 2 else 2


def number(value: float | None, digits: int = 3) -> str:
    """A number with fixed digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{round(value, digits) + 0.0:.{digits}f}"


def signed(value: float | None, digits: int = 3) -> str:
    """A difference, with its sign."""
    return number(value, digits) if value is None or value < 0 else f"+{number(value, digits)}"


def ends(low: float | None, high: float | None, digits: int = 3) -> str:
    """An interval, as in ``0.812 to 0.853``; a dash where there is none."""
    return "–" if low is None else f"{number(low, digits)} to {number(high, digits)}"


def size(parameters: int) -> str:
    """A number of weights, as in ``22.7M``; a dash where it is not known."""
    for unit, suffix in _SUFFIXES:
        if parameters >= unit:
            return f"{parameters / unit:.1f}{suffix}"
    return str(parameters) if parameters else "–"


def rank(interval: tuple[int, int] | None) -> str:
    """A rank interval, as in ``2–4``."""
    if interval is None:
        return "–"
    low, high = interval
    return str(low) if low == high else f"{low}–{high}"


def probability(value: float | None) -> str:
    """A p-value, as in ``0.012``; small ones by their order."""
    if value is None:
        return "–"
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def rounded(value: float | None, digits: int = 6) -> float | None:
    """A number as a board keeps it: the order of a sum must not change its bytes. ``None`` where it is not finite."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits) + 0.0


def slug(text: str, taken: Collection[str]) -> str:
    """A name for links that is none of ``taken``: lower-case letters, digits and hyphens."""
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "x"
    found, at = base, 2
    while found in taken:
        found, at = f"{base}-{at}", at + 1
    return found
