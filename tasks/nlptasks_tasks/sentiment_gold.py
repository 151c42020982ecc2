"""What the cells of a gold column of sentiment mean: words, letters, emoji, numbers of classes, and ratings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .polarity_words import doubtful, polarity
from .ratings import Rating, Scale, out_of, rating, scale_of
from .sentiment import GRADES

#: Further names that say so of a column that the user chose.
_GRADED = frozenset(
    {
        *GRADES,
        *("ratings", "score", "scores", "grade", "star", "points", "review_score", "review_rating", "user_rating"),
        *("bewertung", "punkte", "sterne", "étoiles", "puntuación", "puntuacion", "calificación", "estrellas", "nota"),
        *("voto", "stelle", "avaliação", "оценка", "рейтинг", "评分", "評分", "星级", "評価", "평점", "별점"),
    }
)

#: Numbers that stand for classes, tried in this order: those of SST-2 and of most files, signs, three classes, the two
#: of Yelp's and Amazon's polarity sets, the ones of Sentiment140. Whatever else is a grade.
_CLASSES: tuple[Mapping[float, str], ...] = (
    {0: "negative", 1: "positive"},
    {-1: "negative", 0: "neutral", 1: "positive"},
    {1: "negative", 2: "positive"},
    {0: "negative", 1: "neutral", 2: "positive"},
    {0: "negative", 2: "neutral", 4: "positive"},
)

#: What a checkpoint without names for its labels calls them, and fastText.
_NUMBERED = re.compile(r"(?:__)?label(?:__|[ _-])?(\d+)", re.IGNORECASE)

#: What is left open is said with this, which says what to do.
_ASK = '--label-map says what they mean, for example --label-map "1..4=negative,5..6=neutral,7..10=positive"'


@dataclass(frozen=True)
class _Numbers:
    """What the numbers of a column stand for.

    Args:
        classes: Classes by number; none: they are grades.
        scale: The scale of those that do not say what they are out of.
        scales: The scale of those that do, by what they are out of.
        all: All numbers that do not say it.
    """

    classes: Mapping[float, str]
    scale: Scale | None
    scales: Mapping[int, Scale | None]
    all: frozenset[float]

    def verdict(self, number: Rating) -> str | None:
        if number.top:
            scale = self.scales.get(number.top)
            return scale.verdict(number.value) if scale else None
        if self.classes:
            return self.classes.get(number.value)
        return self.scale.verdict(number.value) if self.scale else None


def read_gold(column: str, cell: str, cells: Collection[str] = ()) -> str | None:
    """Read a label in words, letters or emoji, the number of a class, or a rating.

    Which classes numbers stand for, or on which scale they are, is told by all cells of the column.
    """
    whole = cells if isinstance(cells, frozenset) else frozenset(cells)
    if word := polarity(cell):
        return None if cell in _doubtful(whole) else word
    number = _number(cell)
    if number is None:
        return None
    found = _numbers(column, whole)
    if (number.value not in found.all) if not number.top else (number.top not in found.scales):
        found = _numbers(column, frozenset({*whole, cell}))
    return found.verdict(number)


def describe_gold(column: str, cells: Collection[str]) -> list[str]:
    """What was taken for granted of the numbers of a gold column, a line each: their scale, or which class each is.

    Of 0 and 1 there is nothing to say.
    """
    found = _numbers(column, frozenset(cells))
    lines = [f"ratings out of {top} are on {scale}" for top, scale in found.scales.items() if scale]
    if found.scale and not found.classes:
        lines.append(f"its numbers are on {found.scale}")
    if found.classes and not found.all <= {0, 1}:
        meanings = ", ".join(f"{number:g} is {name}" for number, name in found.classes.items() if number in found.all)
        lines.append(f"its numbers stand for classes: {meanings}; where they do not, --label-map says so")
    if found.all and not found.scale and not found.classes:
        low, high = min(found.all), max(found.all)
        lines.append(f"its numbers, {low:g} to {high:g}, are on no scale that is clear, and none is read; {_ASK}")
    return [f"gold column '{column}': {line}" for line in lines]


_doubtful = lru_cache(maxsize=8)(doubtful)


@lru_cache(maxsize=8)
def _numbers(column: str, cells: frozenset[str]) -> _Numbers:
    """What the numbers among the cells stand for, all of them taken together."""
    found = [number for cell in cells if not polarity(cell) and (number := _number(cell))]
    tops = sorted({number.top for number in found if number.top})
    plain = frozenset(number.value for number in found if not number.top)
    graded = any(number.starred for number in found) or _plain(column) in _GRADED
    classes: Mapping[float, str] = {}
    if not graded:
        classes = next((known for known in _CLASSES if plain and plain <= known.keys()), {})
    # A column of grades from 0 to 2 could be three classes or the lower half of a scale, which is not for us to say.
    return _Numbers(
        classes=classes,
        scale=scale_of(plain, graded=graded),
        scales={top: out_of(top, [number.value for number in found if number.top == top]) for top in tops},
        all=plain,
    )


def _number(cell: str) -> Rating | None:
    if named := _NUMBERED.fullmatch(cell.strip()):
        return Rating(float(named[1]))
    return rating(cell)


def _plain(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")
