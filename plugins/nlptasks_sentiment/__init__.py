"""Sentiment heads: negative or positive, read off the shared encoder."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, HeadSpec, hookimpl
from nlptasks.probe_options import ProbeOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """The one head of this plugin."""
    return [
        HeadSpec(
            name="binary",
            task="sentiment",
            summary="negative or positive with a calibrated probability: a linear layer on the mean hidden state",
            object="nlptasks_sentiment.head:open_head",
            needs=frozenset({ENCODE}),
            options=ProbeOptions,
            default=True,
            trainer="nlptasks.probe_training:train",
        )
    ]
