"""Any checkpoint that is laid out as on the Hub: as a backbone, and behind ``nlptasks.pipeline``."""

from __future__ import annotations

from nlptasks.plugin import (
    ENCODE,
    ENTAILMENT,
    GENERATE,
    LABELS,
    PROMPT,
    SCORE,
    SPANS,
    BackboneSpec,
    PipelineSpec,
    hookimpl,
)

from .checkpoints.reference import CONFIG, SCHEME
from .options import CheckpointOptions
from .pipelines.specs import PIPELINES


@hookimpl
def nlptasks_backbones() -> list[BackboneSpec]:
    """The one backbone of this plugin, which is as many as there are checkpoints."""
    return [
        BackboneSpec(
            name="hub",
            summary="any checkpoint of a model of text: --backbone hf:ORGANISATION/NAME, or a folder",
            object="nlptasks_hub.backbone:load",
            provides=frozenset({ENCODE, GENERATE, SCORE, LABELS, SPANS, ENTAILMENT, PROMPT}),
            options=CheckpointOptions,
            scheme=SCHEME,
            marker=CONFIG,
            inspector="nlptasks_hub.checkpoints.inspection:inspect",
        )
    ]


@hookimpl
def nlptasks_pipelines() -> tuple[PipelineSpec, ...]:
    """What transformers 4 called pipelines, for any checkpoint."""
    return PIPELINES
