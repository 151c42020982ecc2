"""Sentiment: is a text for or against what it speaks of?"""

from __future__ import annotations

import math
from collections.abc import Collection

from nlptasks.plugin import Column, TaskSpec

from .columns import TEXT

#: What data sets call the labels in words.
_WORDS = {
    "positive": "positive",
    "pos": "positive",
    "+": "positive",
    "true": "positive",
    "good": "positive",
    "very positive": "positive",
    "very_positive": "positive",
    "label_1": "positive",
    "negative": "negative",
    "neg": "negative",
    "-": "negative",
    "false": "negative",
    "bad": "negative",
    "very negative": "negative",
    "very_negative": "negative",
    "label_0": "negative",
    "neutral": "neutral",
    "neu": "neutral",
    "mixed": "neutral",
}

#: Columns that hold a grade from 1 to 5 and not a class.
_GRADES = ("rating", "stars", "star_rating", "overall")

#: Numbers that stand for classes, tried in this order: those of SST-2 and of most files, signs, three classes, the two
#: of Yelp's and Amazon's polarity sets, the ones of Sentiment140. Whatever else lies between 1 and 5 is a grade.
_CLASSES = (
    {0: "negative", 1: "positive"},
    {-1: "negative", 0: "neutral", 1: "positive"},
    {1: "negative", 2: "positive"},
    {0: "negative", 1: "neutral", 2: "positive"},
    {0: "negative", 2: "neutral", 4: "positive"},
)


def read_gold(column: str, cell: str, cells: Collection[str] = ()) -> str | None:
    """Read a label in words, a class number, or a grade of 1 to 5: up to 2 is negative, from 4 positive.

    Which classes numbers stand for is told by all the numbers of the column.
    """
    word, number = cell.strip().lower(), _number(cell)
    if number is None:
        return _WORDS.get(word)
    numbers = {number}
    if column.strip().lower() not in _GRADES:
        numbers |= {found for other in cells if (found := _number(other)) is not None}
        for classes in _CLASSES:
            if numbers <= classes.keys():
                return classes[int(number)]
    if min(numbers) < 1 or max(numbers) > 5:
        return None
    return "negative" if number <= 2 else "positive" if number >= 4 else "neutral"


def _number(cell: str) -> float | None:
    """A finite number; ``1.0`` is 1, since pandas writes a column of class numbers with a gap as floats."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


SPEC = TaskSpec(
    name="sentiment",
    summary="is a text positive or negative?",
    inputs=(TEXT,),
    gold=Column(
        name="label",
        aliases=("sentiment", "gold", "polarity", "target", "class", *_GRADES),
        summary="positive or negative (also pos/neg, 1/0), or a grade from 1 to 5 in a column called rating or stars",
    ),
    prediction="nlptasks.plugin.predictions:Label",
    output="sentiment",
    metrics=("accuracy", "macro-f1"),
    primary="accuracy",
    recorded=("mcc", "auc", "brier", "ece", "coverage"),
    baseline="nlptasks_tasks.baselines:majority",
    examples=(
        {"text": "The battery lasts two days and the screen is gorgeous.", "label": "positive"},
        {"text": "It broke in a day and nobody answers the phone.", "label": "negative"},
        {"text": "Not bad at all for the price.", "label": "positive"},
    ),
    read_gold="nlptasks_tasks.sentiment:read_gold",
)
