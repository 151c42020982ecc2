"""Options of the zero-shot head, apart from it so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ZeroShotOptions:
    """Options of the zero-shot head.

    Args:
        labels: The labels to choose from, two or more.
        template: A sentence about a label, which stands in it as ``{}``.
        max_windows: Most windows of a text to read; 0: the whole text.
    """

    labels: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "labels to choose from, separated by commas; one with a comma in double quotes",
            "example": ("news", "späte Lieferung", "天气"),
        },
    )
    template: str = field(
        default="This text is about {}.", metadata={"help": "a sentence about a label, which stands in it as {}"}
    )
    max_windows: int = field(
        default=0, metadata={"help": "read at most this many windows of a long text (0: all of it)", "min": 0}
    )
