"""Classification heads: trained topics, and labels that nobody trained."""

from __future__ import annotations

from nlptasks.models.probe.options import ProbeOptions
from nlptasks.plugin import ENCODE, HeadSpec, hookimpl

from .options import ZeroShotOptions


@hookimpl
def nlptasks_heads() -> list[HeadSpec]:
    """A trained head and a zero-shot one."""
    return [
        HeadSpec(
            name="topics",
            task="classification",
            summary="World, Sports, Business or Sci/Tech, or the labels of a head that you trained",
            object="nlptasks_classification.topics:open_head",
            needs=frozenset({ENCODE}),
            options=ProbeOptions,
            default=True,
            trainer="nlptasks.models.probe.training:train",
            takes_layer=True,
            languages=("en",),
        ),
        HeadSpec(
            name="zero-shot",
            task="classification",
            summary="your own labels without training, by the likeness of a text to a sentence about the label",
            object="nlptasks_classification.zero_shot:ZeroShot",
            needs=frozenset({ENCODE}),
            options=ZeroShotOptions,
        ),
    ]
