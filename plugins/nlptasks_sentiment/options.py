"""Options of the three-way head, apart from it so that they can be shown without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlptasks.models.probe.options import ProbeOptions


@dataclass(frozen=True)
class ThreeWayOptions(ProbeOptions):
    """Options of the three-way head.

    Args:
        neutral: Chooses this head on the command line, since no other one has it; ``None``: it was chosen by its name.
    """

    neutral: bool | None = field(default=None, metadata={"help": "three labels: negative, neutral or positive"})
