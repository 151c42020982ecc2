"""The journal of an evaluation: what is predicted so far, on the disk, so that a kill loses one block at most.

It is a file of JSON lines beside the record to come. Its first line is the key of the evaluation (see
:attr:`nlptasks.records.schema.Record.key`): one with another key does not go on with it. Each further line is a block
of predictions, written whole and synced; a line that a kill cut short is dropped, and its block is predicted again.

It holds nothing of the data: the samples of a record are made of it and the data. Predictions may still tell what must
not be passed on, so that nobody but its owner may read it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

import pydantic
from pydantic import ConfigDict, NonNegativeFloat, NonNegativeInt, Strict, TypeAdapter, ValidationError

from nlptasks._running.resuming.differences import differing
from nlptasks._running.resuming.lines import LockedLines
from nlptasks._running.samples import Outcome
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_there
from nlptasks.files.validated import problem_of
from nlptasks.records.canonical import Json, canonical, parsed

_SCHEMA = "nlptasks.journal"
_VERSION = 2

#: Characters of a value that a complaint quotes.
_QUOTED = 60


@pydantic.dataclasses.dataclass(
    config=ConfigDict(extra="forbid", allow_inf_nan=False), frozen=True, slots=True, kw_only=True
)
class JournalEntry:
    """A block that was predicted.

    Args:
        rows: What the system made of each row.
        seconds: How long it took.
        tokens: Tokens of the backbone.
        long: Rows that took more than one window.
    """

    rows: tuple[Outcome, ...]
    seconds: Annotated[NonNegativeFloat, Strict()]
    tokens: Annotated[NonNegativeInt, Strict()]
    long: Annotated[NonNegativeInt, Strict()] = 0


@dataclass
class Journal:
    """An open journal. Use it as a context manager.

    Args:
        path: Its file.
        key: Key of the evaluation.
        restart: Whether a journal with another key is thrown away.
    """

    path: Path
    key: Mapping[str, Json]
    restart: bool = False
    entries: list[JournalEntry] = field(default_factory=list)
    _file: LockedLines | None = None
    _made: Sequence[Path] = field(default=(), init=False, repr=False)

    def __enter__(self) -> Journal:
        """Open it and read what is there.

        Raises:
            UsageError: It belongs to another evaluation, or another process writes it.
            NlptasksError: The disk fails.
        """
        advice = "give another --output"
        self._made = [folder for folder in self.path.parents if not is_there(folder)]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror}", hint=advice) from error
        self._file = LockedLines(self.path, advice=advice)
        try:
            self._read(self._file)
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Close it. It stays where there is something to go on from."""
        assert self._file is not None
        if error is not None and not self.entries:
            self.remove()
        self._file.close()
        if error is not None and not is_there(self.path):
            for folder in self._made:
                with suppress(OSError):  # somebody else put something there
                    folder.rmdir()

    def add(self, entry: JournalEntry) -> None:
        """Write an entry, and return when it is on the disk.

        Raises:
            NlptasksError: The disk is full or fails.
        """
        rows = [row.as_json() for row in entry.rows]
        self.entries.append(entry)  # before it is written: a signal may come right behind the line
        self._write(canonical({"rows": rows, "seconds": entry.seconds, "tokens": entry.tokens, "long": entry.long}))

    def remove(self) -> None:
        """Remove it: the record is there."""
        self.path.unlink(missing_ok=True)

    def _read(self, file: LockedLines) -> None:
        """Take what is whole, and cut off what is not."""
        head, *lines = list(file.lines()) or [b""]
        if self.restart or not head:
            file.cut(0)
            self._write(canonical({"schema": _SCHEMA, "version": _VERSION, "key": self.key}))
            return
        self._check(head)
        for number, line in enumerate(lines, 2):
            try:
                self.entries.append(_entries().validate_python(parsed(line)))
            except ValueError as error:
                raise NlptasksError(
                    f"{self.path}:{number}: not a block of predictions ({_reason(error)})",
                    hint="the file is damaged; --restart begins anew",
                ) from error
        file.cut(sum(map(len, (head, *lines))))

    def _check(self, head: bytes) -> None:
        """Refuse the journal of another evaluation, field by field."""
        try:
            found = parsed(head)
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("schema") != _SCHEMA or not isinstance(found.get("key"), dict):
            raise UsageError(f"{self.path}:1: not a journal of an evaluation", hint="--restart replaces it")
        if found.get("version") != _VERSION:
            raise UsageError(
                f"{self.path}:1: a journal of another version of nlptasks, which cannot go on here",
                hint="finish it with that version, or begin anew with --restart",
            )
        differences = differing(found["key"], json.loads(canonical(self.key)))
        if differences:
            listed = "\n".join(f"  {name}: it has {old}, this run has {new}" for name, old, new in differences)
            raise UsageError(
                f"{self.path} was left by another evaluation, which is not finished:\n{listed}",
                hint="run that one to its end, give another --output, or begin anew with --restart",
            )

    def _write(self, line: str) -> None:
        assert self._file is not None
        self._file.append(line.encode("utf-8", "surrogatepass") + b"\n")


@cache
def _entries() -> TypeAdapter[JournalEntry]:
    return TypeAdapter(JournalEntry)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return problem_of(error)[:_QUOTED]
    return str(error)[:_QUOTED]


__all__ = ["Journal", "JournalEntry"]
