"""Sentiment: is a text for or against what it speaks of?"""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

from .columns import TEXT

#: Columns that hold a grade and not a class, under which people keep gold answers.
GRADES = ("rating", "stars", "star_rating", "overall")

SPEC = TaskSpec(
    name="sentiment",
    summary="is a text positive or negative?",
    inputs=(TEXT,),
    gold=Column(
        name="label",
        aliases=("sentiment", "gold", "polarity", "target", "class", *GRADES),
        summary="positive or negative (also pos/neg, 1/0), or a rating: 1 to 5, 0 to 10, 4/5, 5 stars, ...",
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
    read_gold="nlptasks_tasks.sentiment_gold:read_gold",
    describe_gold="nlptasks_tasks.sentiment_gold:describe_gold",
)
