"""Classification: which one label of a closed set fits a text?"""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

from .columns import TEXT

SPEC = TaskSpec(
    name="classification",
    summary="which label of a set fits a text? Topics, or your own with --labels",
    inputs=(TEXT,),
    gold=Column(
        name="label",
        aliases=("category", "topic", "class", "intent", "gold", "target"),
        summary="the right label, written as the head writes it",
    ),
    prediction="nlptasks.plugin.predictions:Label",
    output="classification",
    metrics=("accuracy", "macro-f1"),
    primary="macro-f1",
    recorded=("balanced-accuracy", "mcc", "class-f1", "log-loss", "ece", "coverage"),
    baseline="nlptasks_tasks.baselines:majority",
    examples=(
        {"text": "The striker scored twice in the last ten minutes of the final.", "label": "Sports"},
        {"text": "The central bank raised its interest rate by a quarter point.", "label": "Business"},
        {"text": "The new chip doubles the speed of the telescope's camera.", "label": "Sci/Tech"},
    ),
)
