"""The steps of a run, told as they are done: ``--verbose``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nlptasks._running.blocks import PredictedBlock
from nlptasks._systems.system import LoadedSystem
from nlptasks._tables.columns import Binding
from nlptasks._tables.opening import OpenedTable
from nlptasks.files.paths import STDOUT
from nlptasks.plugin.protocols import Row
from nlptasks.text.display import counted


@dataclass
class RunSteps:
    """Tells what is done; also a sink, which tells of each block.

    Args:
        tell: Called with a line; ``None``: nobody wants to know.
    """

    tell: Callable[[str], None] | None
    _began: float = field(default_factory=time.perf_counter)
    _rows: int = 0
    _opened: OpenedTable | None = None
    _part: str = ""

    def begin(self, opened: OpenedTable, bindings: Sequence[Binding], output: str) -> None:
        """Tell what is read and written."""
        self._opened = opened
        size = f", {opened.size:,} bytes" if opened.size else ""
        self._say(f"{opened.name}: {counted(len(opened.parts), 'file')}{size}; {_columns(opened)}")
        for binding in bindings:
            self._say(f"{binding.task.name} reads {reads(binding, opened)}")
        self._say(f"writing {output or STDOUT}")
        self._began = time.perf_counter()

    def loaded(self, loaded: LoadedSystem) -> None:
        """Tell what was loaded."""
        heads = ", ".join(head.name for head in loaded.heads)
        backbone = f" on {loaded.backbone.name}" if loaded.backbone else ""
        self._say(f"loaded {heads}{backbone} in {time.perf_counter() - self._began:.1f} s")
        self._began = time.perf_counter()

    def take(self, done: PredictedBlock[Row]) -> None:
        """Tell of a block, and of the file that its rows are from where that is another."""
        self._rows += len(done.block.rows)
        seconds = time.perf_counter() - self._began
        place = self._opened.place(done.block.rows[-1].line) if self._opened else ""
        self._say(f"{self._rows:,} rows in {seconds:.1f} s ({self._rows / max(seconds, 1e-9):,.0f} rows/s), to {place}")

    def finish(self) -> None:
        """The summary tells the rest."""

    def _say(self, line: str) -> None:
        if self.tell:
            self.tell(line)


def _columns(opened: OpenedTable) -> str:
    return f"columns {', '.join(opened.table.columns)}"


def reads(binding: Binding, opened: OpenedTable) -> str:
    """The columns that a task reads."""
    columns = opened.table.columns
    read = [
        f"{name} from {columns[at]!r}" if isinstance(at, int) else f"{name} by a template"
        for name, at in binding.inputs
    ]
    return ", ".join([*read, *([f"gold from {binding.gold!r}"] if binding.gold else [])])
