"""Question answering: the piece of a context that answers a question."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, SPANS, HeadSpec, hookimpl

from .options import OwnSpanOptions, SpanOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A trained head, and one for checkpoints that carry a layer of their own."""
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
            languages=("en",),
        ),
        HeadSpec(
            name="own",
            task="qa",
            summary="a piece of the context, by the layer that a checkpoint carries for that",
            object="nlptasks_qa.own:open_head",
            needs=frozenset({SPANS}),
            options=OwnSpanOptions,
        ),
    ]
