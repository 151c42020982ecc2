"""What observers are told: frozen events, handed to the observation hooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["BatchFinished", "Event", "RunFailed", "RunFinished", "RunStarted"]


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run is about to read its first row.

    Args:
        tasks: Names of its tasks, in the order of the command line.
        source: What it reads: a file, or ``<stdin>``.
        output: Where its rows go: a file, or ``<stdout>``.
        rows: How many rows there are, where that is known beforehand.
        bytes: How many bytes there are, where that is known beforehand.
        interactive: Whether a person is watching standard error.
    """

    tasks: tuple[str, ...]
    source: str
    output: str
    rows: int | None
    bytes: int | None
    interactive: bool


@dataclass(frozen=True, kw_only=True)
class BatchFinished:
    """Totals since the run started, told after every batch.

    Args:
        rows: Rows that are done.
        bytes_read: Bytes of the source that were read.
        tokens: Tokens that went through the backbone.
        seconds: Wall-clock time.
    """

    rows: int
    bytes_read: int
    tokens: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """A run has written its last row.

    Args:
        rows: Rows that it read.
        seconds: Wall-clock time.
        output: Where its rows went.
        outcome: Plain counts by name. Read-only.
    """

    rows: int
    seconds: float
    output: str
    outcome: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", MappingProxyType(dict(self.outcome)))


@dataclass(frozen=True, kw_only=True)
class RunFailed:
    """A run ended before its last row.

    Args:
        rows: Rows that were done.
        error: Why, in one line.
    """

    rows: int
    error: str


Event = RunStarted | BatchFinished | RunFinished | RunFailed
