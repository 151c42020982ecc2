"""The journal of an evaluation: what is predicted so far, on the disk, so that a kill loses one block at most.

It is a file of JSON lines beside the record to come. Its first line is the key of the evaluation (see
:attr:`nlptasks.records.schema.Record.key`): one with another key does not go on with it. Each further line is a block
of samples, written whole and synced; a line that a kill cut short is dropped, and its block is predicted again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter, ValidationError

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.schema import Json, Sample, canonical, sample_line

_SCHEMA = "nlptasks.journal"
_VERSION = 1

#: Characters of a value that a complaint quotes.
_QUOTED = 60


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The samples of a block that was predicted.

    Args:
        samples: The samples.
        seconds: How long it took.
        tokens: Tokens of the backbone.
        long: Samples that took more than one window.
    """

    samples: tuple[Sample, ...]
    seconds: float
    tokens: int
    long: int = 0


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
    entries: list[Entry] = field(default_factory=list)
    _stream: BinaryIO | None = None

    def __enter__(self) -> Journal:
        """Open it and read what is there.

        Raises:
            UsageError: It belongs to another evaluation, or another process writes it.
            NlptasksError: The disk fails.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = open(self.path, "a+b")  # noqa: PTH123 - closed by __exit__
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror}", hint="give another --output") from error
        try:
            _lock(self._stream, self.path)
            self._read()
        except BaseException:
            self._stream.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stream is not None
        self._stream.close()

    def add(self, entry: Entry) -> None:
        """Write an entry, and return when it is on the disk.

        Raises:
            NlptasksError: The disk is full or fails.
        """
        samples = ",".join(map(sample_line, entry.samples))
        counts = f'"seconds":{entry.seconds!r},"tokens":{entry.tokens},"long":{entry.long}'
        self._write(f'{{"samples":[{samples}],{counts}}}')
        self.entries.append(entry)

    def remove(self) -> None:
        """Remove it: the record is there."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        """Take what is whole, and cut off what is not."""
        assert self._stream is not None
        self._stream.seek(0)
        content = self._stream.read()
        whole = content[: content.rfind(b"\n") + 1]
        head, *lines = whole.decode("utf-8", "surrogatepass").split("\n")[:-1] or [""]
        if self.restart or not head:
            self._start()
            return
        self._check(head)
        for number, line in enumerate(lines, 2):
            try:
                self.entries.append(_entry(line))
            except (ValueError, LookupError, TypeError, ValidationError) as error:
                raise NlptasksError(
                    f"{self.path}:{number}: not a block of samples ({str(error)[:_QUOTED]})",
                    hint="the file is damaged; --restart begins anew",
                ) from error
        if len(whole) < len(content):
            self._stream.truncate(len(whole))

    def _start(self) -> None:
        assert self._stream is not None
        self._stream.truncate(0)
        self._write(canonical({"schema": _SCHEMA, "version": _VERSION, "key": self.key}))

    def _check(self, head: str) -> None:
        """Refuse the journal of another evaluation, field by field."""
        try:
            found = json.loads(head)
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("schema") != _SCHEMA or found.get("version") != _VERSION:
            raise UsageError(f"{self.path}: not a journal of an evaluation", hint="--restart replaces it")
        differences = differing(found.get("key", {}), json.loads(canonical(self.key)))
        if differences:
            listed = "\n".join(f"  {name}: it has {old}, this run has {new}" for name, old, new in differences)
            raise UsageError(
                f"{self.path} was left by another evaluation, which is not finished:\n{listed}",
                hint="run that one to its end, give another --output, or begin anew with --restart",
            )

    def _write(self, line: str) -> None:
        assert self._stream is not None
        try:
            self._stream.write(line.encode("utf-8", "surrogatepass") + b"\n")
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
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
    text = "nothing" if value is None else value if isinstance(value, str) else canonical(value)
    return (text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...") or "''"


def _entry(line: str) -> Entry:
    data = json.loads(line)
    samples: list[Sample] = TypeAdapter(list[Sample]).validate_python(data["samples"])
    return Entry(
        samples=tuple(samples),
        seconds=float(data["seconds"]),
        tokens=int(data["tokens"]),
        long=int(data.get("long", 0)),
    )


def _lock(stream: BinaryIO, path: Path) -> None:
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


__all__ = ["Entry", "Journal", "differing"]
