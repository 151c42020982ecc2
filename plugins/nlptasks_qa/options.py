"""Options of the heads, apart from them so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SpanOptions:
    """Options of the extractive head.

    Args:
        max_answer_tokens: Longest answer.
        overlap: Tokens that a window of a long context shares with the one before it.
        no_answer_below: Probability below which there is no answer. Weights that learned from questions without an
            answer (``SpanWeights.no_answer``) need none: to them no answer is one of the answers. The ones that ship
            saw answerable questions only, and with them this is a threshold on how sure the best answer is.
        top_k: How many answers to give: the best, and the others as its alternatives.
    """

    max_answer_tokens: int = field(default=30, metadata={"help": "longest answer in tokens", "min": 1})
    overlap: int = field(
        default=128, metadata={"help": "tokens that windows of a long context share", "min": 0, "max": 256}
    )
    no_answer_below: float = field(
        default=0.0, metadata={"help": "probability below which the answer is empty", "min": 0.0, "max": 1.0}
    )
    top_k: int = field(
        default=1,
        metadata={"help": "answers to give; from 2 on in a further column, the next best first", "min": 1, "max": 20},
    )

    @property
    def more_suffixes(self) -> tuple[str, ...]:
        """The column of the alternatives, where they are asked for; see :mod:`nlptasks.plugin.options`."""
        return ("_alternatives",) if self.top_k > 1 else ()


@dataclass(frozen=True)
class OwnSpanOptions(SpanOptions):
    """Options of the head that reads a checkpoint's own layer.

    Args:
        no_answer: Whether no answer is one of the answers: right for checkpoints that learned from questions without an
            answer (SQuAD 2), which do not say so themselves.
    """

    no_answer: bool = field(
        default=False, metadata={"help": "let there be no answer, with checkpoints that were trained on SQuAD 2"}
    )
