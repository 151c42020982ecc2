"""Sentiment: is a text for or against what it speaks of?"""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

from .columns import TEXT

#: What data sets call the labels. ``0`` and ``1`` are the class numbers of GLUE's SST-2 and of most CSV files.
_WORDS = {
    "positive": "positive",
    "pos": "positive",
    "1": "positive",
    "+1": "positive",
    "+": "positive",
    "true": "positive",
    "good": "positive",
    "label_1": "positive",
    "negative": "negative",
    "neg": "negative",
    "0": "negative",
    "-1": "negative",
    "-": "negative",
    "false": "negative",
    "bad": "negative",
    "label_0": "negative",
    "neutral": "neutral",
    "neu": "neutral",
    "mixed": "neutral",
}

#: Columns that hold a grade from 1 to 5 and not a class.
_GRADES = ("rating", "stars", "star_rating", "overall")


def read_gold(column: str, cell: str) -> str | None:
    """Read a label, or a grade of 1 to 5: up to 2 is negative, from 4 positive, between them neutral."""
    value = cell.strip().lower()
    if column.strip().lower() not in _GRADES:
        return _WORDS.get(_whole(value))
    try:
        grade = float(value)
    except ValueError:
        return _WORDS.get(value)
    if not 1 <= grade <= 5:
        return None
    return "negative" if grade <= 2 else "positive" if grade >= 4 else "neutral"


def _whole(value: str) -> str:
    """``1.0`` is ``1``: a column of class numbers with a gap is written as floats by pandas."""
    return value.removesuffix(".0")


SPEC = TaskSpec(
    name="sentiment",
    summary="is a text positive or negative?",
    inputs=(TEXT,),
    gold=Column(
        name="label",
        aliases=("sentiment", "gold", "polarity", "target", "class", *_GRADES),
        summary="positive or negative (also pos/neg, 1/0), or a grade from 1 to 5 in a column called rating or stars",
    ),
    prediction="nlptasks.predictions:Label",
    output="sentiment",
    metrics=("accuracy", "macro-f1"),
    primary="accuracy",
    baseline="nlptasks_tasks.baselines:majority",
    examples=(
        {"text": "The battery lasts two days and the screen is gorgeous.", "label": "positive"},
        {"text": "It broke in a day and nobody answers the phone.", "label": "negative"},
        {"text": "Not bad at all for the price.", "label": "positive"},
    ),
    read_gold="nlptasks_tasks.sentiment:read_gold",
)
