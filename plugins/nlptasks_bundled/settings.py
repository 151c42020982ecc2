"""What the bundled decoder wants and no other: its checkpoint says it beside what every decoder has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.decoder_settings import OWN

_PLACEHOLDERS = f"{OWN}placeholders"
_NEURAL_CACHE = f"{OWN}neural_cache"


@dataclass(frozen=True, slots=True)
class NeuralCache:
    """How much a text's own past tells what comes next: the continuous cache of Grave et al. 2017, arXiv 1612.04426.

    The decoder's last hidden state at each position of a text is kept with the token that followed there. A position
    of cosine c to the present one counts ``exp(sharpness * (c - 1))`` for its token, so that a state that comes again
    counts 1. Where all of them together count N, the cache says ``share * N / (N + 1)`` of what comes next and the
    decoder the rest: with nothing like the present before it, the decoder is left alone (as by the sentinel of Merity
    et al. 2017, arXiv 1609.07843).

    Args:
        share: Proportion that the cache may say at the most, above 0 and below 1 (``share`` in the checkpoint).
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
class BundledSettings:
    """The settings.

    Args:
        placeholders: Names that stand for the speakers of the dialogues that it summarizes, in the order of their first
            turns; none: it reads the names themselves. See :mod:`nlptasks_bundled.dialogue`.
        neural_cache: The caches, by task; a task that is not there has none.
    """

    placeholders: tuple[str, ...] = ()
    neural_cache: Mapping[str, NeuralCache] = field(default_factory=dict)

    @classmethod
    def of(cls, own: Mapping[str, Any], where: str) -> BundledSettings:
        """Read :attr:`nlptasks.models.decoder_settings.DecoderSettings.own` of a checkpoint.

        Raises:
            NlptasksError: It is damaged; the message begins with ``where``.
        """
        try:
            return cls(
                placeholders=tuple(own.get(_PLACEHOLDERS, ())),
                neural_cache={task: NeuralCache(**cache) for task, cache in own.get(_NEURAL_CACHE, {}).items()},
            )
        except (TypeError, AttributeError, UsageError) as error:
            hint = "the checkpoint is damaged"
            raise NlptasksError(f"{where}: no settings can be read here ({error})", hint=hint) from error

    def as_own(self) -> dict[str, Any]:
        """Write them as :meth:`of` reads them."""
        caches = {task: asdict(cache) for task, cache in self.neural_cache.items()}
        own = {_PLACEHOLDERS: list(self.placeholders), _NEURAL_CACHE: caches}
        return {key: value for key, value in own.items() if value}
