"""Options of the extractive head, apart from it so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ExtractiveOptions:
    """Options of the extractive head.

    Args:
        sentences: Sentences of a summary; 0: by ``ratio``.
        ratio: Share of the document's sentences; at least one is kept, and a document of one or two is kept whole.
        redundancy: Weight of the likeness to a sentence that is chosen already; 0: likeness does not count.
    """

    sentences: int = field(default=0, metadata={"help": "sentences of a summary (0: by the ratio)", "min": 0})
    # The best ROUGE-1 on held-out documents of the training data, whose summaries keep 42 % of the sentences.
    ratio: float = field(
        default=0.45, metadata={"help": "share of the document's sentences to keep", "min": 0.0, "max": 1.0}
    )
    redundancy: float = field(
        default=0.0,
        metadata={"help": "how much a likeness to sentences chosen before counts against one", "min": 0.0, "max": 1.0},
    )
