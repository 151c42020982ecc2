"""What a pipeline is opened with: the contract behind :class:`nlptasks.plugin.PipelineSpec`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PipelineContext"]


@dataclass(frozen=True, kw_only=True)
class PipelineContext:
    """What a pipeline is opened with.

    Args:
        task: Name of the pipeline as the user typed it, for example ``translation_en_to_de``.
        model: A reference (``org/name``, a folder), or a transformers model in memory.
        settings: All other arguments of :func:`nlptasks.pipeline`, those of the name's pattern among them.
    """

    task: str
    model: Any
    settings: Mapping[str, Any] = field(default_factory=dict)
