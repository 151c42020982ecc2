"""What an author describes a plugin with: descriptors, hooks, protocols, events, prediction types and options.

The descriptors and the hook marker are here, so that ``from nlptasks.plugin import HeadSpec, hookimpl`` is all that a
light module needs; everything else is imported from the module that has it.
"""

from __future__ import annotations

from nlptasks.plugin.specs import (
    ENCODE,
    ENTAILMENT,
    GENERATE,
    LABELS,
    LIKELIHOOD,
    PREDICTION,
    PROBABILITIES,
    PROJECT,
    PROMPT,
    SCORE,
    SPANS,
    STATE,
    BackboneSpec,
    BenchmarkSpec,
    Column,
    CommandSpec,
    Descriptor,
    EngineSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    PipelineSpec,
    TaskSpec,
    hookimpl,
)

__all__ = [
    "ENCODE",
    "ENTAILMENT",
    "GENERATE",
    "LABELS",
    "LIKELIHOOD",
    "PREDICTION",
    "PROBABILITIES",
    "PROJECT",
    "PROMPT",
    "SCORE",
    "SPANS",
    "STATE",
    "BackboneSpec",
    "BenchmarkSpec",
    "Column",
    "CommandSpec",
    "Descriptor",
    "EngineSpec",
    "FormatSpec",
    "HeadSpec",
    "MetricSpec",
    "PipelineSpec",
    "TaskSpec",
    "hookimpl",
]
