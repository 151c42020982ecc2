"""What observers are told: frozen events, handed to the observation hooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["PREDICT", "TRAIN", "BatchFinished", "Event", "RunFailed", "RunFinished", "RunStarted"]

#: What a run does: it predicts rows (``run``, ``eval``, ``verify --rerun``), or it trains.
PREDICT, TRAIN = "predict", "train"


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run is about to read its first row.

    Args:
        tasks: Names of its tasks, in the order of the command line.
        source: What it reads: a file, or ``<stdin>``.
        output: Where its rows go: a file, or ``<stdout>``; the folder of a record, or of what is trained.
        rows: How many rows there are, where that is known beforehand.
        bytes: How many bytes there are, where that is known beforehand.
        interactive: Whether a person is watching standard error.
        work: What it does: :data:`PREDICT` or :data:`TRAIN`.
    """

    tasks: tuple[str, ...]
    source: str
    output: str
    rows: int | None
    bytes: int | None
    interactive: bool
    work: str = PREDICT


@dataclass(frozen=True, kw_only=True)
class BatchFinished:
    """Totals since the run started, told after every batch; none is ever below what was told before.

    An evaluation that goes on where it was killed counts the rows and tokens of its journal.

    Args:
        rows: Rows that are done; 0 in a training, which counts tokens.
        bytes_read: Bytes of the source that were read.
        tokens: Tokens that went through the backbone.
        seconds: Wall-clock time.
        total_tokens: How many tokens there will be, where that is known: in a training.
    """

    rows: int
    bytes_read: int
    tokens: int
    seconds: float
    total_tokens: int | None = None


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """A run has written its last row.

    Args:
        rows: Rows that it read.
        seconds: Wall-clock time.
        output: Where its rows went.
        outcome: Plain counts by name: ``tokens``, and where rows were predicted ``long`` (of more than one window),
            ``cut`` (a part was left unread) and ``skipped`` (left out, or without text). Read-only.
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
