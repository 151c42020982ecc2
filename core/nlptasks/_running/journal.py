"""The journal of an evaluation: what is predicted so far, on the disk, so that a kill loses one block at most.

It is a file of JSON lines beside the record to come. Its first line is the key of the evaluation (see
:attr:`nlptasks.records.schema.Record.key`): one with another key does not go on with it. Each further line is a block
of predictions, written whole and synced; a line that a kill cut short is dropped, and its block is predicted again.

It holds nothing of the data: the samples of a record are made of it and the data. Predictions may still tell what must
not be passed on, so that nobody but its owner may read it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from io import FileIO
from pathlib import Path
from typing import Annotated, Any

import pydantic
from pydantic import ConfigDict, NonNegativeFloat, NonNegativeInt, Strict, TypeAdapter, ValidationError

from nlptasks._running.samples import Outcome
from nlptasks.errors import NlptasksError, UsageError
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
    _stream: FileIO | None = None

    def __enter__(self) -> Journal:
        """Open it and read what is there.

        Raises:
            UsageError: It belongs to another evaluation, or another process writes it.
            NlptasksError: The disk fails.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = FileIO(
                self.path, "a+b", opener=_private
            )  # without a buffer that a full disk would keep full
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror}", hint="give another --output") from error
        try:
            _lock(self._stream, self.path)
            self._read()
        except BaseException:
            empty = os.fstat(self._stream.fileno()).st_size == 0
            self._stream.close()
            if empty:  # a full disk took not even its first line
                self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stream is not None
        self._stream.close()

    def add(self, entry: JournalEntry) -> None:
        """Write an entry, and return when it is on the disk.

        Raises:
            NlptasksError: The disk is full or fails.
        """
        rows = [row.as_json() for row in entry.rows]
        self._write(canonical({"rows": rows, "seconds": entry.seconds, "tokens": entry.tokens, "long": entry.long}))
        self.entries.append(entry)

    def remove(self) -> None:
        """Remove it: the record is there."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        """Take what is whole, and cut off what is not."""
        assert self._stream is not None
        self._stream.seek(0)
        content = self._stream.readall() or b""
        whole = content[: content.rfind(b"\n") + 1]
        head, *lines = whole.split(b"\n")[:-1] or [b""]
        if self.restart or not head:
            self._start()
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
        if len(whole) < len(content):
            self._stream.truncate(len(whole))

    def _start(self) -> None:
        assert self._stream is not None
        self._stream.truncate(0)
        self._write(canonical({"schema": _SCHEMA, "version": _VERSION, "key": self.key}))

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
        assert self._stream is not None
        content = memoryview(line.encode("utf-8", "surrogatepass") + b"\n")
        before = os.fstat(self._stream.fileno()).st_size
        try:
            while content:
                content = content[self._stream.write(content) or 0 :]
            os.fsync(self._stream.fileno())
        except OSError as error:
            with suppress(OSError):
                self._stream.truncate(before)
            raise NlptasksError(
                f"cannot write {self.path}: {error.strerror}",
                hint="make room and run the same command again: it goes on where it stopped",
            ) from error


def differing(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str, str]]:
    """Where two keys differ: the field, and its value in each, cut to a line."""
    found: list[tuple[str, str, str]] = []
    for name in sorted(old.keys() | new.keys()):
        left, right = old.get(name), new.get(name)
        if isinstance(left, dict) and isinstance(right, dict):
            found += differing(left, right, f"{prefix}{name}.")
        elif left != right:
            found.append((f"{prefix}{name}", _shown(left), _shown(right)))
    return found


def _shown(value: Any) -> str:
    try:
        text = (
            "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
    except RecursionError:  # of a file that somebody wrote
        text = "what is nested too deep"
    return (text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...") or "''"


@cache
def _entries() -> TypeAdapter[JournalEntry]:
    return TypeAdapter(JournalEntry)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return problem_of(error)[:_QUOTED]
    return str(error)[:_QUOTED]


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, whoever could read it before."""
    descriptor = os.open(path, flags, 0o600)
    with suppress(OSError, AttributeError):  # somebody else's; not on Windows
        os.fchmod(descriptor, 0o600)
    return descriptor


def _lock(stream: FileIO, path: Path) -> None:
    """Two processes must not write one journal. The lock is gone when its process is, however that ends."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(
            f"{path}: another process is writing it", hint="wait for it, or give another --output"
        ) from error


__all__ = ["Journal", "JournalEntry", "differing"]
