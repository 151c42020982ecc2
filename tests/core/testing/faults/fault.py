"""What a planted fault is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Args:
        kind: The kind of contribution that has it.
        fault: What is wrong, in words.
        planted: The contribution.
        says: A part of what the check says.
        on: Whether a head works on a backbone.
    """

    kind: str
    fault: str
    planted: Any
    says: str
    on: bool = False
