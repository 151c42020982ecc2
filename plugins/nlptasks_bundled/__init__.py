"""The backbone that ships with nlptasks, so that every task works offline the minute it is installed."""

from __future__ import annotations

from nlptasks.plugin import ENCODE, GENERATE, SCORE, BackboneSpec, hookimpl


@hookimpl
def nlptasks_backbones() -> list[BackboneSpec]:
    """The one backbone of this plugin."""
    return [
        BackboneSpec(
            name="bundled",
            summary="6-layer, 384-wide MiniLM encoder, further trained, with a 4-layer decoder of our own",
            object="nlptasks_bundled.backbone:load",
            provides=frozenset({ENCODE, GENERATE, SCORE}),
            default=True,
            parameters=35_433_728,
            languages=("en",),
            writes=("en", "de", "fr"),
            trainer="nlptasks_bundled.training.entry:train",
        )
    ]
