"""The options of a linear probe, apart from it so that a descriptor can name them without importing numpy."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProbeOptions:
    """Options of a probe.

    Args:
        max_windows: Most windows of a text to read; 0: the whole text.
    """

    max_windows: int = field(
        default=0, metadata={"help": "read at most this many windows of a long text (0: all of it)", "min": 0}
    )
