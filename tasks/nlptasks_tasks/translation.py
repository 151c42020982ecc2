"""Translation: say a text in another language."""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

SPEC = TaskSpec(
    name="translation",
    summary="say a text in another language",
    inputs=(
        Column(name="source", aliases=("text", "src", "en", "english", "sentence"), summary="the text to translate"),
    ),
    gold=Column(
        name="target",
        aliases=("translation", "reference", "tgt", "gold"),
        summary="a reference translation, as running text",
    ),
    prediction="nlptasks.plugin.predictions:Text",
    output="translation",
    metrics=("bleu", "chrf"),
    primary="chrf",
    recorded=("chrfpp", "ter", "coverage", "truncation"),
    baseline="nlptasks_tasks.baselines:copy_source",
    examples=(
        {"source": "A dog runs across the grass.", "target": "Ein Hund läuft über das Gras."},
        {"source": "I have never been there.", "target": "Ich war noch nie dort."},
    ),
    read_gold="nlptasks_tasks.references:read_gold",
)
