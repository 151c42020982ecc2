"""Sentiment heads: negative or positive, or neutral too, read off the shared encoder."""

from __future__ import annotations

from nlptasks.models.probe.options import ProbeOptions
from nlptasks.plugin import ENCODE, HeadSpec, hookimpl

from .options import ThreeWayOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A head for two labels and one for three."""
    return [
        HeadSpec(
            name="binary",
            task="sentiment",
            summary="negative or positive with a calibrated probability: a linear layer on the mean hidden state",
            object="nlptasks_sentiment.head:open_head",
            needs=frozenset({ENCODE}),
            options=ProbeOptions,
            default=True,
            trainer="nlptasks.models.probe.training:train",
            takes_layer=True,
            languages=("en",),
        ),
        HeadSpec(
            name="three-way",
            task="sentiment",
            summary="negative, neutral or positive with a calibrated probability; chosen by --neutral",
            object="nlptasks_sentiment.head:open_three_way",
            needs=frozenset({ENCODE}),
            options=ThreeWayOptions,
            trainer="nlptasks.models.probe.training:train",
            takes_layer=True,
            languages=("en",),
            weights="weights-neutral",
        ),
    ]
