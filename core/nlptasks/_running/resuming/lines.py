"""A file of lines that one process writes, and that holds whole lines whatever ends this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.atomic import NO_SPACE

#: Bytes that are read at once.
_PIECE = 1 << 20


class LockedLines:
    """An open file of lines. Only its owner may read it: it tells of data that may be secret.

    Args:
        path: The file; it is made where it is not there.
        advice: What to do where it cannot be written or another process holds it.
        shown: What errors call it where another process holds it; ``None``: its path.

    Raises:
        UsageError: It cannot be written, or another process writes it.
    """

    def __init__(self, path: Path, *, advice: str, shown: str | None = None) -> None:
        self.path = path
        try:
            # Without a buffer that a full disk would keep full.
            self._stream = FileIO(path, "a+b", opener=_private)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise self._unwritable(error) from error
            raise UsageError(f"cannot write {path}: {error.strerror}", hint=advice) from error
        try:
            _lock(self._stream, shown or str(path), advice)
            self._whole = self.size
        except BaseException:
            self._stream.close()
            raise

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return os.fstat(self._stream.fileno()).st_size

    def lines(self) -> Iterator[bytes]:
        """Its lines from the first on, each with its end, but for one that was cut short."""
        at, waiting = 0, bytearray()
        while True:
            self._stream.seek(at)  # whoever asks for lines may write between them
            if not (piece := self._stream.read(_PIECE)):
                return
            at += len(piece)
            waiting += piece
            if b"\n" in piece:
                *whole, rest = bytes(waiting).split(b"\n")
                for line in whole:
                    yield line + b"\n"
                waiting = bytearray(rest)

    def cut(self, size: int) -> None:
        """Drop what lies behind so many bytes."""
        self._whole = size
        if self.size != size:
            self._stream.truncate(size)

    def append(self, lines: bytes) -> None:
        """Write whole lines, and return when they are on the disk; they are all there then, or none.

        Raises:
            NlptasksError: The disk is full or fails.
        """
        self.cut(self._whole)  # what an interrupted call has left
        content = memoryview(lines)
        try:
            while content:
                content = content[self._stream.write(content) or 0 :]
            os.fsync(self._stream.fileno())
            if not self._whole:
                self._sync_name()
        except OSError as error:
            with suppress(OSError):
                self.cut(self._whole)
            raise self._unwritable(error) from error
        self._whole += len(lines)

    def close(self) -> None:
        """Let others have it; one in which nothing stands is removed."""
        with suppress(OSError, ValueError):
            if not self.size:
                self.path.unlink(missing_ok=True)
        self._stream.close()

    def remove(self) -> None:
        """Remove it from the disk, when all that was written beside it is there; it stays locked until it is closed."""
        with suppress(OSError):
            self._sync_name()
        self.path.unlink(missing_ok=True)

    def _sync_name(self) -> None:
        """Have the names in its folder on the disk: a loss of power must not take them, nor change their order."""
        if not hasattr(os, "O_DIRECTORY"):  # not on Windows
            return
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unwritable(self, error: OSError) -> NlptasksError:
        return NlptasksError(
            f"cannot write {self.path}: {error.strerror}",
            hint="make room and run the same command again: it goes on where it stopped",
        )


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, whoever could read it before."""
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with suppress(OSError, AttributeError):  # somebody else's; not on Windows
        os.fchmod(descriptor, 0o600)
    return descriptor


def _lock(stream: FileIO, shown: str, advice: str) -> None:
    """Two processes must not write one file. The lock is gone when its process is, however that ends."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"{shown}: another process is writing it", hint=f"wait for it, or {advice}") from error
