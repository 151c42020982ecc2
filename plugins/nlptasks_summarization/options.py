"""Options of the heads, apart from them so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlptasks.errors import UsageError

#: The length penalty that favours neither long summaries nor short ones.
_USUAL_PENALTY = 1.0


@dataclass(frozen=True)
class ExtractiveOptions:
    """Options of the extractive head.

    Args:
        sentences: Sentences of a summary; 0: by ``ratio``.
        ratio: Proportion of the document's sentences; at least one is kept, and a document of one or two is kept whole.
        redundancy: Weight of the likeness to a sentence that is chosen already; 0: likeness does not count.
    """

    sentences: int = field(default=0, metadata={"help": "sentences of a summary (0: by the ratio)", "min": 0})
    # The best ROUGE-1 on held-out documents of the training data, whose summaries keep 42 % of the sentences.
    ratio: float = field(
        default=0.45, metadata={"help": "proportion of the document's sentences to keep", "min": 0.0, "max": 1.0}
    )
    redundancy: float = field(
        default=0.0,
        metadata={"help": "how much a likeness to sentences chosen before counts against one", "min": 0.0, "max": 1.0},
    )


@dataclass(frozen=True)
class AbstractiveOptions:
    """Options of the abstractive head.

    Args:
        beams: Beams of beam search; 1: the most probable token each time.
        max_new_tokens: Most tokens of a summary, of each piece of a long document.
        no_repeat: Size of the n-grams of tokens that may not occur twice in it; 0: all may.
        length_penalty: See :class:`nlptasks.models.generation.Decoding`.

    Raises:
        UsageError: Options do not go together.
    """

    beams: int = field(default=4, metadata={"help": "beams of beam search", "min": 1, "max": 64})
    max_new_tokens: int = field(
        default=96, metadata={"help": "most tokens of a summary, of each piece of a long document", "min": 1}
    )
    no_repeat: int = field(
        default=3, metadata={"help": "no n-gram of so many tokens twice in a summary (0: all may)", "min": 0}
    )
    length_penalty: float = field(
        default=_USUAL_PENALTY,
        metadata={"help": "above 0 favours long summaries, below 0 short ones", "min": -10.0, "max": 10.0},
    )

    def __post_init__(self) -> None:
        if self.beams == 1 and self.length_penalty != _USUAL_PENALTY:
            raise UsageError(
                f"--length-penalty {self.length_penalty} has no effect without a beam search",
                hint="leave it out, or give --beams 2 or more",
            )
