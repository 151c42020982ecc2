"""Options of the translating head, apart from it so that they can be shown without loading it."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlptasks.errors import UsageError


@dataclass(frozen=True)
class TranslationOptions:
    """Options of the translating head.

    Args:
        to: ISO 639-1 code of the language to write.
        source_language: Code of the language to read, for backbones that read several; empty: their usual one.
        beams: Beams of beam search; 1: the most probable token each time.
        max_new_tokens: Most tokens of a sentence; 0: by the length of its source.
        length_penalty: See :class:`nlptasks.models.generation.Decoding`.

    Raises:
        UsageError: Options do not go together.
    """

    to: str = field(default="de", metadata={"help": "language to write: de, fr, ..."})
    source_language: str = field(
        default="", metadata={"help": "language to read, for backbones that read several (left out: their usual one)"}
    )
    beams: int = field(default=4, metadata={"help": "beams of beam search", "min": 1, "max": 64})
    max_new_tokens: int = field(
        default=0, metadata={"help": "most tokens of a translated sentence (0: by the length of its source)", "min": 0}
    )
    length_penalty: float | None = field(
        default=None,
        metadata={
            "help": "above 0 favours long translations, below 0 short ones (left out: the backbone's own)",
            "min": -10.0,
            "max": 10.0,
        },
    )

    def __post_init__(self) -> None:
        if self.beams == 1 and self.length_penalty is not None:
            raise UsageError(
                f"--length-penalty {self.length_penalty} has no effect without a beam search",
                hint="leave it out, or give --beams 2 or more",
            )
