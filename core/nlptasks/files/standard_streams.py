"""The standard output belongs to the data: what plugins print goes to the standard error."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, TextIO

#: Whether the code that runs here is a plugin's. Held by context, so that threads do not speak for each other.
_GUEST: ContextVar[bool] = ContextVar("guest", default=False)

#: The streams of the command line, once they are kept.
_KEPT: ContextVar[KeptStreams | None] = ContextVar("kept", default=None)


def guest_enters() -> Token[bool]:
    """From here on the code is a plugin's; hand what is returned to :func:`guest_leaves`."""
    return _GUEST.set(True)


def guest_leaves(token: Token[bool]) -> None:
    """What is printed from here on is ours again, where it was before."""
    _GUEST.reset(token)


class DataOutput(io.TextIOWrapper):
    """A ``sys.stdout`` that writes what a plugin prints, and all that is printed while it is lent, on ``sys.stderr``.

    It decides at each write and not once: a logger keeps the stream that it found when it was made.
    """

    lent = False

    def write(self, text: str) -> int:
        if self._foreign():
            return sys.stderr.write(text) if sys.stderr is not None else len(text)
        return super().write(text)

    @property
    def buffer(self) -> Any:
        """The bytes below; those of ``sys.stderr`` for a plugin."""
        foreign = self._foreign() and sys.stderr is not None
        return sys.stderr.buffer if foreign else super().buffer

    def close(self) -> None:
        """Close it; not for a plugin, which would take it from the data."""
        if not _GUEST.get():
            super().close()

    def _foreign(self) -> bool:
        return self.lent or _GUEST.get() or threading.current_thread() is not threading.main_thread()


def keep_for_data() -> None:
    """Keep the standard output of this process for the data.

    ``sys.stdout`` becomes a :class:`DataOutput`, and the descriptor 1 leads to the standard error: there, libraries in
    C and processes that plugins start would write past any Python object.
    """
    old = sys.stdout
    try:
        if old is None or sys.stderr is None or old.fileno() != 1 or sys.stderr.fileno() != 2:
            return
        kept = os.dup(1)
    except (OSError, ValueError, AttributeError):  # closed, or somebody else's object: there is nothing to keep
        return
    old.flush()
    stream = os.fdopen(kept, "wb")
    # Names of files and damaged records may hold what the encoding does not know; in JSON this is an escape too.
    sys.stdout = DataOutput(stream, encoding=old.encoding, errors="backslashreplace", line_buffering=old.isatty())
    os.dup2(2, 1)
    _KEPT.set(KeptStreams(sys.stdout, sys.stderr, os.dup(2)))


@dataclass(frozen=True)
class KeptStreams:
    """The streams of the command line as they were before any plugin could silence them.

    Args:
        output: The standard output.
        errors: The standard error.
        copy: A descriptor of where that leads.
    """

    output: DataOutput
    errors: TextIO
    copy: int

    def put_back(self) -> tuple[str, ...]:
        """Make the streams what they were, and name what had been changed."""
        return tuple(self._changed())

    def _changed(self) -> Iterator[str]:
        if any(_place(number) != _place(self.copy) for number in (1, 2)):
            os.dup2(self.copy, 2)
            os.dup2(self.copy, 1)
            yield "where the standard error leads"
        for name in ("write", "flush"):
            if vars(self.errors).pop(name, None) is not None:
                yield f"sys.stderr.{name}"
        if self.errors.closed and (sys.stderr is None or sys.stderr.closed):
            sys.stderr = os.fdopen(2, "w", encoding=self.errors.encoding, errors="backslashreplace", closefd=False)
            yield "sys.stderr, which it closed,"
        elif sys.stderr is not self.errors and not self.errors.closed:
            sys.stderr = self.errors
            yield "sys.stderr"
        if sys.stdout is not self.output:
            sys.stdout = self.output
            yield "sys.stdout"


def put_streams_back() -> tuple[str, ...]:
    """Undo what a plugin did to the streams of the command line, and name it; nothing where none are kept.

    To be called behind a plugin's work and before a file of ours is opened, which could get the number of a descriptor
    that a plugin closed.
    """
    kept = _KEPT.get()
    return kept.put_back() if kept else ()


def _place(descriptor: int) -> tuple[int, int]:
    """What a descriptor leads to; of a closed one, nothing."""
    with suppress(OSError):
        found = os.fstat(descriptor)
        return found.st_dev, found.st_ino
    return -1, -1


def data_fileno() -> int:
    """The descriptor of the standard output, wherever it was kept."""
    return sys.stdout.fileno() if isinstance(sys.stdout, DataOutput) else 1


@contextmanager
def lent_to_data() -> Iterator[None]:
    """All that is printed within the block goes to the standard error: rows are being written."""
    stream = sys.stdout
    if not isinstance(stream, DataOutput):
        yield
        return
    stream.flush()
    stream.lent = True
    try:
        yield
    finally:
        stream.lent = False
