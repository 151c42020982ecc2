"""Options of the heads, apart from them so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LabelOptions:
    """Options of the heads that predict a checkpoint's own labels.

    Args:
        label_names: Names for the checkpoint's labels, in the order of its layer; empty: its own.
        threshold: Probability from which a label counts, where a text may have several.
        max_windows: Most windows of a text to read; 0: the whole text.
    """

    label_names: tuple[str, ...] = field(
        default=(),
        metadata={"help": "names for the checkpoint's labels, in its order, where it calls them LABEL_0, ..."},
    )
    threshold: float = field(
        default=0.5,
        metadata={"help": "probability from which a label counts, if a text may have several", "min": 0.0, "max": 1.0},
    )
    max_windows: int = field(
        default=0, metadata={"help": "read at most this many windows of a long text (0: all of it)", "min": 0}
    )


@dataclass(frozen=True)
class EntailmentOptions:
    """Options of the head that judges entailment.

    Args:
        labels: The labels to choose from, one or more.
        template: A sentence about a label, which stands in it as ``{}``.
        multi_label: Whether each label is judged for itself, so that a text may have several or none.
        threshold: Probability from which a label counts, with ``multi_label``.
        max_windows: Most windows of a text to read; 0: the whole text.
    """

    labels: tuple[str, ...] = field(default=(), metadata={"help": "labels to choose from, separated by commas"})
    template: str = field(
        default="This example is {}.", metadata={"help": "a sentence about a label, which stands in it as {}"}
    )
    multi_label: bool = field(
        default=False, metadata={"help": "judge each label for itself: a text may have several or none"}
    )
    threshold: float = field(
        default=0.5,
        metadata={"help": "probability from which a label counts, if a text may have several", "min": 0.0, "max": 1.0},
    )
    max_windows: int = field(
        default=0, metadata={"help": "read at most this many windows of a long text (0: all of it)", "min": 0}
    )
