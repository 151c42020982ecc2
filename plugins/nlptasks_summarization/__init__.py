"""Summarization heads: a document's own sentences that matter, or new ones by the backbone's decoder."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, GENERATE, HeadSpec, hookimpl

from .options import AbstractiveOptions, ExtractiveOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A head that chooses sentences, and one that writes them."""
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
            languages=("en",),
        ),
        HeadSpec(
            name="abstractive",
            task="summarization",
            summary="new sentences, written by the backbone's decoder; a long document piece by piece, a line each",
            object="nlptasks_summarization.abstractive:Abstractive",
            needs=frozenset({ENCODE, GENERATE}),
            options=AbstractiveOptions,
        ),
    ]
