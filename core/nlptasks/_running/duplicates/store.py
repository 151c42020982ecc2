"""Predictions on the disk, for later runs: a SQLite file that several processes may use at once.

A row is known by a digest of what decides its predictions and of its inputs; no text of it is kept. What predictions
tell may still be nobody else's business, so that only the owner may read the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks._running.duplicates.memory import RowKey, RowResult
from nlptasks._running.resuming.kept import KeptPrediction, checked, plain, signed
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import NO_SPACE

NAME = "predictions.sqlite"

#: Seconds to wait for another process.
_PATIENCE = 60.0

#: The part of the rows that goes at once where the file is too large: the oldest.
_DROPPED = 0.2

#: Keys that one question holds; SQLite takes at least 999.
_ASKED = 900

_SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, value TEXT NOT NULL, written REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_age ON rows (written);
"""


@dataclass(frozen=True)
class PredictionStore:
    """An open store.

    Args:
        path: Its file.
        key: What decides the predictions, the inputs aside.
        largest: Bytes that it may have.
        _rows: The open file.
    """

    path: Path
    key: bytes
    largest: int
    _rows: sqlite3.Connection

    def found(self, keys: Sequence[RowKey]) -> list[RowResult | None]:
        """What earlier runs made of some rows; ``None`` of those that none predicted.

        Raises:
            NlptasksError: The file is damaged.
        """
        digests = [self._digest(key) for key in keys]
        there: dict[bytes, str] = {}
        with _explained(self.path):
            for at in range(0, len(digests), _ASKED):
                asked = digests[at : at + _ASKED]
                marks = ",".join("?" * len(asked))
                there |= dict(self._rows.execute(f"SELECT key, value FROM rows WHERE key IN ({marks})", asked))
        return [_result(there[digest]) if digest in there else None for digest in digests]

    def keep(self, rows: Iterable[tuple[RowKey, RowResult]]) -> None:
        """Keep what was made of some rows.

        Raises:
            NlptasksError: The disk is full or fails.
        """
        now = time.time()
        given = [(self._digest(key), _line(result), now) for key, result in rows if not result.reason]
        with _explained(self.path), self._rows:
            self._rows.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", given)
        self._bound()

    def _bound(self) -> None:
        """Drop the oldest rows where the file is too large."""
        with _explained(self.path):
            pages, free, size = (
                int(self._rows.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
            if (pages - free) * size <= self.largest:
                return
            with self._rows:
                self._rows.execute(
                    "DELETE FROM rows WHERE key IN (SELECT key FROM rows ORDER BY written "
                    "LIMIT 1 + (SELECT CAST(count(*) * ? AS INTEGER) FROM rows))",
                    (_DROPPED,),
                )
            self._rows.execute("PRAGMA incremental_vacuum").fetchall()

    def _digest(self, key: RowKey) -> bytes:
        return hashlib.blake2b(json.dumps(key).encode(), digest_size=16, key=self.key).digest()


@contextmanager
def prediction_store(
    folder: Path, key: Mapping[str, Any], megabytes: int, told: Callable[[str], None]
) -> Iterator[PredictionStore]:
    """Open the store in a folder, which is made where it is not there.

    Args:
        folder: The folder.
        key: What decides the predictions, the inputs aside.
        megabytes: How large it may become.
        told: Told where it was damaged and begins anew.

    Raises:
        UsageError: It cannot be written.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _touch(path)
    except OSError as error:
        raise UsageError(f"--cache {folder}: {error.strerror}", hint="give another folder") from error
    try:
        rows = _opened(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise UsageError(f"--cache {folder}: {error}", hint="give another folder") from error
        told(f"warning: {path} is damaged ({error}); it begins anew")
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        _touch(path)
        rows = _opened(path)
    try:
        digest = hashlib.sha256(json.dumps(plain(key), sort_keys=True).encode()).digest()
        yield PredictionStore(path, digest, megabytes << 20, rows)
    finally:
        rows.close()


def _touch(path: Path) -> None:
    """Make the file, for its owner alone, where it is not there."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _opened(path: Path) -> sqlite3.Connection:
    rows = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        with suppress(sqlite3.OperationalError):  # a file system without shared memory
            rows.execute("PRAGMA journal_mode = WAL").fetchall()
        rows.execute("PRAGMA synchronous = NORMAL")
        rows.executescript(_SCHEMA)
        rows.execute("SELECT key, value, written FROM rows LIMIT 1").fetchall()
    except BaseException:
        rows.close()
        raise
    return rows


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        full = isinstance(error, sqlite3.OperationalError) and "full" in str(error)
        hint = "free some space, or leave --cache out" if full else "leave --cache out, or give another folder"
        cause = OSError(min(NO_SPACE), str(error)) if full else error
        raise NlptasksError(f"the cache {path}: {error}", hint=hint) from cause


def _line(result: RowResult) -> str:
    made = [one and [one.canonical, getattr(one, "score", None)] for one in result.made]
    said = [made, result.nll, result.foreign, result.unread, result.long, result.cells]
    return signed({"row": said}).decode()


def _result(line: str) -> RowResult | None:
    """What a line says; ``None`` where it is not what was written."""
    said = checked(line.encode())
    if said is None:
        return None
    made, nll, foreign, unread, long, cells = said["row"]
    predictions = tuple(one and KeptPrediction(*one) for one in made)
    return RowResult(predictions, tuple(nll), tuple(foreign), tuple(unread), long, tuple(cells))
