"""Ratings: which scale the numbers of a column are on, and where a scale is negative, neutral and positive.

One number tells no scale: 4 is good out of 5 and bad out of 10. So all cells of a column decide together, and where
they leave it open, nothing is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_NUMBER = r"[+\-\u2212]?(?:\d+(?:[.,]\d+)?|[.,]\d+)"
_PLAIN = re.compile(_NUMBER)
_OUT_OF = re.compile(rf"({_NUMBER})\s*(?:/|out of|of|von|sur|de|su|van|из|av|na)\s*(\d+)\b[^\d]*", re.IGNORECASE)
_PER_CENT = re.compile(rf"({_NUMBER})\s*[%％]")
_STARS = re.compile(
    rf"({_NUMBER})[\s-]*(?:stars?|sterne?|étoiles?|etoiles?|estrellas?|estrelas?|stell[ae]|ster(?:ren)?|звёзд\w*|звезд\w*|"
    r"つ星|星|별|점|points?|pts?|punkte?|★|⭐\ufe0f?|🌟)\.?",
    re.IGNORECASE,
)
_FULL, _EMPTY = "★⭐🌟", "☆✩"
_DRAWN = re.compile(rf"[{_FULL}{_EMPTY}½\ufe0f\s]+")


@dataclass(frozen=True, slots=True)
class Rating:
    """A number that stands for a verdict.

    Args:
        value: The number.
        top: What it is out of, where the cell says so; 0: it does not.
        starred: Whether the cell calls it stars or points.
    """

    value: float
    top: int = 0
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of ratings.

    Args:
        low: Its lowest rating.
        high: Its highest one.
        negative: Up to this a rating is negative.
        positive: From this on it is positive.
    """

    low: float
    high: float
    negative: float
    positive: float

    def verdict(self, value: float) -> str | None:
        """What a rating says; ``None`` where it is not on the scale."""
        if not self.low <= value <= self.high:
            return None
        return "negative" if value <= self.negative else "positive" if value >= self.positive else "neutral"

    def __str__(self) -> str:
        return (
            f"a scale from {self.low:g} to {self.high:g}: up to {self.negative:g} is negative, from {self.positive:g} "
            "positive, and what lies between is neutral"
        )


#: Half stars, as 0.5 to 5, are on the scale from 0.
_ZERO_TO_FOUR, _ZERO_TO_FIVE, _ONE_TO_FIVE = Scale(0, 4, 1, 3), Scale(0, 5, 2, 3), Scale(1, 5, 2, 4)
_ZERO_TO_TEN, _ONE_TO_TEN = Scale(0, 10, 4, 6), Scale(1, 10, 4, 7)
_HUNDRED = Scale(0, 100, 40, 60)
_UNIT, _SIGNED = Scale(0, 1, 0.4, 0.6), Scale(-1, 1, -0.2, 0.2)


def rating(cell: str) -> Rating | None:
    """The rating in a cell: ``4``, ``4,5``, ``4/5``, ``8 out of 10``, ``80%``, ``5 stars``, ``★★★☆☆``."""
    text = cell.strip()
    if not text or len(text) > 40:
        return None
    if _PLAIN.fullmatch(text):
        return Rating(_number(text))
    if found := _PER_CENT.fullmatch(text):
        return Rating(_number(found[1]), top=100)
    if found := _OUT_OF.fullmatch(text):
        return Rating(_number(found[1]), top=int(found[2]))
    if found := _STARS.fullmatch(text):
        return Rating(_number(found[1]), starred=True)
    if _DRAWN.fullmatch(text):
        full = sum(text.count(star) for star in _FULL)
        value = full + 0.5 * text.count("½")
        empty = sum(text.count(star) for star in _EMPTY)
        return Rating(value, top=math.ceil(value) + empty if empty else 0, starred=True)
    try:  # 1e0, and digits of other scripts
        value = float(text)
    except ValueError:
        return None
    return Rating(value) if math.isfinite(value) else None


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("\u2212", "-"))


def out_of(top: int, values: Collection[float]) -> Scale | None:
    """The scale of ratings that say what they are out of; stars and points out of 5 or 10 begin at 1."""
    if top < 3:
        return None
    known = {4: _ZERO_TO_FOUR, 5: _ONE_TO_FIVE, 10: _ONE_TO_TEN, 100: _HUNDRED}
    if top in (5, 10) and min(values) < 1:
        return _ZERO_TO_FIVE if top == 5 else _ZERO_TO_TEN
    return known.get(top) or Scale(0, top, 0.4 * top, 0.6 * top)


def scale_of(numbers: Iterable[float], *, graded: bool) -> Scale | None:
    """The one scale that all numbers of a column are on; ``None`` where they are on none, or could be on several.

    Args:
        numbers: The different numbers of the column.
        graded: Whether the column, or its cells, say that they are ratings and no numbers of classes. If they do not, a
            scale of ten or a hundred has to be used to its end before it is believed.
    """
    found = frozenset(numbers)
    if not found:
        return None
    low, high = min(found), max(found)
    whole = all(number == int(number) for number in found)
    if low < 0:
        return _SIGNED if low >= -1 and high <= 1 else None
    if high <= 1 and found != {1.0}:
        return _UNIT
    if high <= 5:
        return _up_to_five(low, high, whole, graded=graded)
    if not graded and (len(found) < 4 or high not in (10, 100)):
        return None
    if 8 <= high <= 10:
        return _ONE_TO_TEN if low >= 1 else _ZERO_TO_TEN
    return _HUNDRED if 20 < high <= 100 else None


def _up_to_five(low: float, high: float, whole: bool, *, graded: bool) -> Scale | None:
    if low >= 1:
        # From 1 to 3 they are as often three classes as the lower half of five stars.
        return _ONE_TO_FIVE if graded or high > 3 else None
    if high > 4:
        return _ZERO_TO_FIVE
    if high == 4 and whole:
        return _ZERO_TO_FOUR
    return None
