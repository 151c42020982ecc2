"""How a decoder is run, as its checkpoint says beside the weights: ``TransformerSeq2Seq.settings``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nlptasks.models.generation import USUAL_PENALTY

__all__ = ["OWN", "DecoderSettings"]

#: What the keys of a configuration begin with that transformers does not know.
OWN = "nlptasks_"


@dataclass(frozen=True, kw_only=True)
class DecoderSettings:
    """What a decoder wants beside its weights and its vocabulary.

    Args:
        length_penalty: What beams take where they are given none; see :class:`nlptasks.models.generation.Decoding`.
        own: Keys of the configuration that its backbone alone knows, with JSON values. Each begins with :data:`OWN`,
            and all count in the decoder's digest.
    """

    length_penalty: float = USUAL_PENALTY
    own: Mapping[str, Any] = field(default_factory=dict)
