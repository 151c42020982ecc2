"""Question answering: the piece of a context that answers a question."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, HeadSpec, hookimpl

from .options import SpanOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The one head of this plugin."""
    return [
        HeadSpec(
            name="extractive",
            task="qa",
            summary="a piece of the context, with its probability and place: start and end of each token",
            object="nlptasks_qa.head:open_head",
            needs=frozenset({ENCODE}),
            options=SpanOptions,
            default=True,
            trainer="nlptasks_qa.training:train",
            takes_layer=True,
        )
    ]
