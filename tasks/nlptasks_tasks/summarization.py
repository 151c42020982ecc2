"""Summarization: say the same in less."""

from __future__ import annotations

from nlptasks.plugin import Column, TaskSpec

SPEC = TaskSpec(
    name="summarization",
    summary="say the same in less",
    inputs=(
        Column(
            name="document",
            aliases=("text", "article", "dialogue", "content", "body", "abstract", "email_body"),
            summary="the text to shorten",
        ),
    ),
    gold=Column(
        name="summary", aliases=("highlights", "headline", "tldr", "reference", "gold"), summary="a reference summary"
    ),
    prediction="nlptasks.plugin.predictions:Text",
    output="summary",
    metrics=("rouge-1", "rouge-2", "rouge-lsum"),
    primary="rouge-lsum",
    recorded=("rouge-l", "coverage", "truncation"),
    baseline="nlptasks_tasks.baselines:lead_3",
    examples=(
        {
            "document": "The bridge was closed on Monday after a crack was found. Engineers worked through the night. "
            "They say that it is safe again. Traffic returned on Wednesday morning.",
            "summary": "The bridge was closed on Monday after a crack was found. "
            "Traffic returned on Wednesday morning.",
        },
    ),
    read_gold="nlptasks_tasks.references:read_gold",
)
