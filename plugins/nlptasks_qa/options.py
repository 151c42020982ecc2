"""Options of the extractive head, apart from it so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SpanOptions:
    """Options of the extractive head.

    Args:
        max_answer_tokens: Longest answer.
        overlap: Tokens that a window of a long context shares with the one before it.
        no_answer_below: Probability below which there is no answer.
    """

    max_answer_tokens: int = field(default=30, metadata={"help": "longest answer in tokens", "min": 1})
    overlap: int = field(
        default=128, metadata={"help": "tokens that windows of a long context share", "min": 0, "max": 256}
    )
    no_answer_below: float = field(
        default=0.0, metadata={"help": "probability below which the answer is empty", "min": 0.0, "max": 1.0}
    )
