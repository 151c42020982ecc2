"""The backbone that ships with nlptasks, so that every task works offline the minute it is installed."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, BackboneSpec, hookimpl


@hookimpl
def nlptasks_backbones() -> list[BackboneSpec]:
    """The one backbone of this plugin."""
    return [
        BackboneSpec(
            name="bundled",
            summary="6-layer, 384-wide MiniLM encoder, further trained on sentiment, topics and questions",
            object="nlptasks_bundled.backbone:load",
            provides=frozenset({ENCODE}),
            default=True,
            parameters=22_565_376,
            languages=("en",),
            trainer="nlptasks_bundled.training.entry:train",
        )
    ]
