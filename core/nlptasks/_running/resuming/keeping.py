"""What a run keeps of itself beside its output, so that the same command goes on where it was stopped.

The predictions of each block are kept, in a file of lines (see :mod:`nlptasks._running.resuming.kept`). A run that goes
on reads its input from the first row again, takes from there what is kept, predicts the rest, and writes its output in
one pass, as any run does: the bytes are those of a run that nobody stopped, whatever the format.

Blocks go to the disk together, about every second and never so often that it takes more than a hundredth of the time; a
short run writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from nlptasks._running.blocks import Block, Engine, PredictedBlock, Progress
from nlptasks._running.predict import SpoiltBackboneError
from nlptasks._running.resuming.differences import differing
from nlptasks._running.resuming.kept import KeptBlock, checked, line_of, plain, signed
from nlptasks._running.resuming.lines import LockedLines
from nlptasks._running.resuming.stopping import Stopping
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_there
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.protocols import Row
from nlptasks.text.display import counted

SCHEMA = "nlptasks.run"
_VERSION = 2

#: Seconds before anything is kept, and between two times that something is.
_FIRST, _EVERY = 2.0, 1.0

#: Seconds before it is first looked whether a head has spoilt the shared weights; the end of a run looks anyway.
_DOUBT = 30.0

#: The part of the time that keeping may take, and that looking may.
_PART = 0.01

#: Bytes of lines that wait at most; they stand in memory twice while they are written.
_WAITING = 4 << 20

_ADVICE = "give another name: --output NAME"


@dataclass(kw_only=True)
class Keeping:
    """What is kept of one run. Use it as a context manager around all of the run, its output's publication included.

    Args:
        path: The file that it is kept in.
        output: What errors call the output.
        about: What a listing says of the run.
        restart: Whether what another run left there is thrown away.
        told: Told what a person should know.
        rows: Rows up to the end of what is kept on the disk.
        before: Those of them that an earlier process left.
        complete: Whether all rows are kept and only the output is missing.
    """

    path: Path
    output: str
    about: Mapping[str, Any]
    restart: bool
    told: Callable[[str], None]
    rows: int = 0
    before: int = 0
    complete: bool = False
    stopping: Stopping = field(default_factory=Stopping)
    _file: LockedLines | None = None
    _header: Mapping[str, Any] | None = None
    _key: Callable[[], Mapping[str, Any]] = dict
    _verify: Callable[[], None] = lambda: None
    _waiting: list[bytes] = field(default_factory=list)
    _reached: int = 0
    _due: float = 0.0
    _doubted: float = 0.0

    def __enter__(self) -> Keeping:
        """Open what an earlier process left.

        Raises:
            UsageError: Another process writes it, or another version of nlptasks did.
        """
        if is_there(self.path):
            file = LockedLines(self.path, advice=_ADVICE, shown=self.output)
            try:
                self._open(file)
            except BaseException:
                file.close()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None or isinstance(error, SpoiltBackboneError):
            self._remove()
            return
        if self._file is not None or self.stopping.asked:
            with suppress(NlptasksError, OSError):
                self._commit()
        if self._file is not None:
            self._file.close()
        if self.rows and not isinstance(error, UsageError):
            self.told(
                f"{counted(self.rows, 'row')} of {self.output} are kept: the same command goes on from there; "
                "'nlptasks runs clean' removes them"
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a report says of it."""
        return (f"{counted(self.before, 'row')} were kept by a run that was stopped",) if self.before else ()

    def know(self, key: Callable[[], Mapping[str, Any]], verify: Callable[[], None]) -> None:
        """Say what decides the predictions; it is looked up where something is kept.

        Args:
            key: What decides them.
            verify: Raises where what was predicted cannot be trusted.

        Raises:
            UsageError: What is kept was predicted otherwise.
        """
        self._key, self._verify = key, verify
        if self._header is None:
            return
        differences = differing(self._header["key"], plain(key()))
        if differences:
            listed = "\n".join(f"  {name}: it had {old}, this run has {new}" for name, old, new in differences)
            raise UsageError(
                f"a run for {self.output} was stopped, and this is another one:\n{listed}",
                hint="--restart begins anew; or run that one to its end, or give another --output",
            )

    def engine(self, inner: Engine) -> Engine:
        """An engine that takes from what is kept, and then from another one."""

        def predicted(blocks: Iterator[Block[Any]], progress: Progress) -> Iterator[PredictedBlock[Any]]:
            yield from self._replayed(blocks)
            self._due, self._doubted = time.monotonic() + _FIRST, time.monotonic() + _DOUBT
            yield from inner(self.stopping.watched(blocks), progress)

        return predicted

    def keep(self, done: PredictedBlock[Row], columns: Sequence[Sequence[Cell]]) -> None:
        """Keep a block.

        Raises:
            NlptasksError: The disk is full or fails.
            KeyboardInterrupt: That was asked for while the block was predicted.
        """
        self._waiting.append(line_of(done, columns))
        self._reached = done.block.first + len(done.block.rows) + len(done.rejected)
        if self.stopping.asked or time.monotonic() >= self._due or sum(map(len, self._waiting)) >= _WAITING:
            self._commit()
        self.stopping.obey()

    def finished(self) -> None:
        """Note that all rows are predicted, where anything is kept."""
        if self._file is not None:
            self._commit(signed({"complete": max(self.rows, self._reached)}))

    def _open(self, file: LockedLines) -> None:
        lines = file.lines()
        said = checked(next(lines, b""))
        if self.restart or said is None or said.get("schema") != SCHEMA:
            if not self.restart and file.size:
                self.told(f"warning: {self.path} is damaged; all rows are predicted again")
            file.cut(0)
            file.close()
            return
        if said.get("version") != _VERSION:
            raise UsageError(
                f"{self.path} was left by another version of nlptasks",
                hint="--restart begins anew; or use that version",
            )
        self._file, self._header = file, said
        last = b""
        for line in lines:
            last = line
        end = checked(last) or {}
        self.complete = "complete" in end
        self.rows = end.get("complete", end.get("first", 0) + end.get("rows", 0))

    def _replayed(self, blocks: Iterator[Block[Any]]) -> Iterator[PredictedBlock[Any]]:
        """The blocks that are kept; the file is cut behind the last that is whole."""
        if self._file is None:
            return
        lines = self._file.lines()
        size, rows = len(next(lines)), 0
        for line in lines:
            said = checked(line)
            if said is None:
                self.told(f"warning: {self.path} is damaged behind row {rows:,}; what follows is predicted again")
            if said is None or "complete" in said:
                break
            size += len(line)
            if said["first"] < rows:  # a signal came between writing it and noting that it is written
                continue
            block = next(blocks, None)
            if block is None or not KeptBlock(said).fits(block):
                raise NlptasksError(f"{self.path}: its rows are not those of the input", hint="--restart begins anew")
            rows = block.first + len(block.rows)
            yield KeptBlock(said).predicted(block)
        self.before = self.rows = rows
        self._file.cut(size)

    def _commit(self, more: bytes = b"") -> None:
        """Write what waits, and return when it is on the disk."""
        lines = b"".join(self._waiting) + more
        if not lines:
            return
        self._verified()
        if self._file is None:
            lines = self._begin() + lines
            assert self._file is not None
        began = time.monotonic()
        self._file.append(lines)
        self.rows = max(self.rows, self._reached)
        self._waiting.clear()
        now = time.monotonic()
        self._due = now + max(_EVERY, (now - began) / _PART)

    def _verified(self) -> None:
        """Look now and then whether what was predicted can be trusted: large weights take long to look at."""
        began = time.monotonic()
        if began >= self._doubted:
            self._verify()
            self._doubted = time.monotonic() + (time.monotonic() - began) / _PART

    def _begin(self) -> bytes:
        """Begin a file; its first line."""
        started = datetime.now(UTC).isoformat(timespec="seconds")
        header = signed(
            {"schema": SCHEMA, "version": _VERSION, "key": self._key(), "about": {**self.about, "started": started}}
        )
        file = LockedLines(self.path, advice=_ADVICE, shown=self.output)
        if file.size:
            file.close()
            raise UsageError(f"another run began to write {self.output} meanwhile", hint=_ADVICE)
        self._file = file
        return header

    def _remove(self) -> None:
        if self._file is not None:
            self._file.remove()
            self._file.close()
