"""Summarization heads: the sentences that matter, read off the shared encoder."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, HeadSpec, hookimpl

from .options import ExtractiveOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The one head of this plugin."""
    return [
        HeadSpec(
            name="extractive",
            task="summarization",
            summary="the document's own sentences that matter most, word for word and in order, a line each",
            object="nlptasks_summarization.head:open_head",
            needs=frozenset({ENCODE}),
            options=ExtractiveOptions,
            default=True,
            trainer="nlptasks_summarization.training:train",
        )
    ]
