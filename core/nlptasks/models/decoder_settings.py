"""How a decoder is run, as its checkpoint says beside the weights: ``TransformerSeq2Seq.settings``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from nlptasks.errors import UsageError
from nlptasks.models.generation import USUAL_PENALTY

__all__ = ["DecoderSettings", "NeuralCache"]


@dataclass(frozen=True, slots=True)
class NeuralCache:
    """How much a text's own past tells what comes next: the continuous cache of Grave et al. 2017, arXiv 1612.04426.

    The decoder's last hidden state at each position of a text is kept with the token that followed there. A position
    of cosine c to the present one counts ``exp(sharpness * (c - 1))`` for its token, so that a state that comes again
    counts 1. Where all of them together count N, the cache says ``share * N / (N + 1)`` of what comes next and the
    decoder the rest: with nothing like the present before it, the decoder is left alone (as by the sentinel of Merity
    et al. 2017, arXiv 1609.07843).

    Args:
        share: Most that the cache may say, above 0 and below 1.
        sharpness: How alike two states must be, above 0.

    Raises:
        UsageError: A number is out of its range.
    """

    share: float
    sharpness: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise UsageError(f"the share of a neural cache must be above 0 and below 1, got {self.share}")
        if not 0 < self.sharpness < inf:
            raise UsageError(f"the sharpness of a neural cache must be a positive number, got {self.sharpness}")


@dataclass(frozen=True, kw_only=True)
class DecoderSettings:
    """What a decoder wants beside its weights and its vocabulary.

    Args:
        placeholders: See :class:`nlptasks.models.generation.Generator`.
        length_penalty: What beams take where they are given none; see :class:`nlptasks.models.generation.Decoding`.
        neural_cache: The caches, by task; a task that is not there has none.
    """

    placeholders: tuple[str, ...] = ()
    length_penalty: float = USUAL_PENALTY
    neural_cache: Mapping[str, NeuralCache] = field(default_factory=dict)
