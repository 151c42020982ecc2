"""The standard output belongs to the data: what plugins print goes to the standard error."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

#: Whether the code that runs here is a plugin's. Held by context, so that threads do not speak for each other.
_GUEST: ContextVar[bool] = ContextVar("guest", default=False)


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
