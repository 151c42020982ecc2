"""Generation: the backbone's decoder carries a text on, and tells how probable a continuation is."""

from __future__ import annotations

from nlptasks.plugin import GENERATE, SCORE, HeadSpec, hookimpl

from .options import GenerationOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The one head of this plugin."""
    return [
        HeadSpec(
            name="decoder",
            task="generation",
            summary="carries the prompt on, by sampling that a seed makes the same each time, or by beam search",
            object="nlptasks_generation.head:Writer",
            needs=frozenset({GENERATE, SCORE}),
            options=GenerationOptions,
            default=True,
        )
    ]
