"""A run of which nothing is kept, in the place of one that is; see :mod:`nlptasks._running.resuming.keeping`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from nlptasks._running.blocks import Engine, PredictedBlock
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Row


@dataclass(frozen=True)
class Fleeting:
    """A run that cannot be gone on with.

    Args:
        why: Why not.
        told: Told that, where somebody stops the run.
    """

    why: str
    told: Callable[[str], None]

    complete = False
    rows = 0
    notes: tuple[str, ...] = ()

    def __enter__(self) -> Fleeting:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.told(f"nothing is kept: {self.why}")

    @property
    def stopping(self) -> AbstractContextManager[Any]:
        """Control-C stops it at once."""
        return nullcontext()

    def know(self, key: Callable[[], Mapping[str, Any]], verify: Callable[[], None]) -> None:
        """Nobody asks."""

    def engine(self, inner: Engine) -> Engine:
        """The engine itself."""
        return inner

    def keep(self, done: PredictedBlock[Row], columns: Sequence[Sequence[Cell]]) -> None:
        """Nothing is kept."""

    def finished(self) -> None:
        """Nothing is to be noted."""
