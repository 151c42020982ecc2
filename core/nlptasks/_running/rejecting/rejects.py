"""The rows that a run left out, in a file of their own beside its output."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from nlptasks._running.blocks import PredictedBlock, Rejected
from nlptasks.errors import DataError, UsageError
from nlptasks.files.atomic import atomic_output, is_direct
from nlptasks.files.names import is_there
from nlptasks.plugin.protocols import BadRow, Row

#: How the file ends, behind the name of the output.
SUFFIX = ".rejects.jsonl"

#: Rows that a report quotes.
_QUOTED = 5


def rejects_beside(output: str) -> Path | None:
    """Where the rows go that are left out of an output; ``None`` for the standard output, pipes and devices."""
    return Path(f"{output}{SUFFIX}") if output and not is_direct(Path(output)) else None


@dataclass(kw_only=True)
class Rejects:
    """What becomes of rows that cannot be read or predicted: a sink.

    The file appears with the output, and only where there is such a row.

    Args:
        skip: Whether they are left out; else the first one ends the run.
        at: The file and the line of a row.
        path: Where they are written; ``None``: nowhere, so that each is told.
        force: Whether a file that lies there is replaced.
        source: The input, which is never overwritten.
        stack: What ends with the run.
        told: Told of each where they are written nowhere.
        skipped: Why rows were left out, and how many.
        quoted: The first of them, as ``file:line: reason``.
    """

    skip: bool
    at: Callable[[int], tuple[str, int]]
    path: Path | None
    force: bool
    source: str
    stack: ExitStack
    told: Callable[[str], None]
    skipped: Counter[str] = field(default_factory=Counter)
    quoted: list[str] = field(default_factory=list)
    _waiting: list[tuple[int, str, str]] = field(default_factory=list)
    _stream: BinaryIO | None = None

    def check(self) -> None:
        """Refuse the file where another lies there.

        Raises:
            UsageError: One does.
        """
        if self.skip and self.path and not self.force and is_there(self.path):
            raise UsageError(
                f"{self.path} exists already", hint="pass --force to overwrite it, or give another name: --output NAME"
            )

    @property
    def rows(self) -> int:
        """How many rows were left out, those included that are yet to be written."""
        return self.skipped.total() + len(self._waiting)

    def unreadable(self, row: BadRow) -> None:
        """Leave out a row that cannot be read.

        Raises:
            DataError: That was not asked for.
        """
        if not self.skip:
            name, line = self.at(row.line)
            hint = f"{row.hint}; " if row.hint else ""
            raise DataError(name, row.reason, line=line, hint=f"{hint}--on-error skip leaves such rows out")
        self._waiting.append((row.line, "cannot be read", row.reason))

    def take(self, done: PredictedBlock[Row]) -> None:
        """Leave out the rows of a block that no head could predict.

        Raises:
            DataError: That was not asked for, and an earlier run left them out.
        """
        for rejected in done.rejected:
            self._unpredicted(rejected)
        lines = [*(row.line for row in done.block.rows[-1:]), *(item.row.line for item in done.rejected[-1:])]
        self._add(max(lines, default=0))

    def finish(self) -> None:
        """Drop what an earlier run left, where this one replaces it and left nothing out."""
        self._add(None)
        if self._stream is not None:
            self._stream.flush()
        elif self.force and self.path:
            self.path.unlink(missing_ok=True)

    def _unpredicted(self, rejected: Rejected[Row]) -> None:
        if not self.skip:
            name, line = self.at(rejected.row.line)
            hint = "the run that was stopped left it out: --on-error skip goes on with that, --restart begins anew"
            raise DataError(name, rejected.reason, line=line, hint=hint)
        self._waiting.append((rejected.row.line, "cannot be predicted", rejected.reason))

    def _add(self, last: int | None) -> None:
        """Write those up to a row, in the order of the rows; an engine may have read rows behind it."""
        ready = [item for item in self._waiting if last is None or item[0] <= last]
        self._waiting = [item for item in self._waiting if last is not None and item[0] > last]
        for item in sorted(ready, key=lambda item: item[0]):
            self._write(*item)

    def _write(self, row: int, why: str, reason: str) -> None:
        name, line = self.at(row)
        self.skipped[f"{why}; left out"] += 1
        shown = f"{name}:{line}: {reason}"
        if len(self.quoted) < _QUOTED:
            self.quoted.append(shown)
        if self.path is None:
            self.told(f"left out: {shown}")
            return
        if self._stream is None:
            assert self.path is not None
            # What a killed run completed of it holds the same bytes.
            output = atomic_output(self.path, force=self.force, source=self.source, again=True)
            self._stream = self.stack.enter_context(output)
        said = json.dumps({"file": name, "line": line, "why": why, "reason": reason}, ensure_ascii=False)
        self._stream.write(f"{said}\n".encode("utf-8", "backslashreplace"))
