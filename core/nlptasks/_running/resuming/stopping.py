"""How Control-C ends a run that keeps what it predicted: once, behind the block that is being predicted; twice, now."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

_SAID = b"finishing the rows that are being predicted, to keep them; Ctrl-C again stops at once\n"


class Stopping:
    """A context manager within which Control-C waits for the end of a block."""

    def __init__(self) -> None:
        self.asked = False
        self._under_way = 0
        self._before: Any = None

    def __enter__(self) -> Stopping:
        own = threading.current_thread() is threading.main_thread()
        if own and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def watched(self, blocks: Iterator[T]) -> Iterator[T]:
        """The same blocks; from where one is given to where it is done, there is something to wait for."""
        for block in blocks:
            self._under_way += 1  # an engine may take several before the first is done
            yield block

    def obey(self) -> None:
        """End the run where that was asked for; a block is done."""
        self._under_way -= 1
        if self.asked:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: Any) -> None:
        if self.asked or self._under_way <= 0:
            signal.default_int_handler(number, frame)
        self.asked = True
        with suppress(OSError):  # not by Python's stream, which the interrupted code may be writing to
            os.write(2, _SAID)
