"""What an engine is opened with, and what it opens: the contract behind :class:`nlptasks.plugin.EngineSpec`.

An engine carries bytes. It starts workers, in processes or on machines of its choice, each made by
:meth:`WorkerJob.open`, gives every request to one of them, and brings the answer back. What is in a request, in which
order answers are used, how many requests are under way at once and what becomes of one whose worker died: all that is
the core's affair, and the same for every engine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from nlptasks._names import resolve
from nlptasks.errors import NlptasksError

__all__ = ["EngineContext", "Worker", "WorkerJob", "WorkerLostError", "Workers"]

#: Answers one request at a time. What goes wrong within a request is in its answer, and not raised.
Worker = Callable[[bytes], bytes]


class WorkerLostError(NlptasksError):
    """A worker ended before it answered. The request may be made again: it goes to another worker, or a new one."""


@dataclass(frozen=True, kw_only=True)
class WorkerJob:
    """What each worker is made of. It can be pickled.

    Args:
        maker: Import string of ``(bytes) -> Worker``.
        content: What that is called with.
        folder: The working directory, which names of files start from; empty: the one that the worker has.
        environment: Variables of the environment that a worker has, where its machine sets no others.
    """

    maker: str
    content: bytes = b""
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> Worker:
        """Make a worker of this process. It is soon done: what takes long is done at the first request."""
        for name, value in self.environment.items():
            os.environ.setdefault(name, value)
        if self.folder:
            with suppress(OSError):  # on another machine it may not be there; what is read from it says so
                os.chdir(self.folder)
        made: Worker = resolve(self.maker)(self.content)
        return made


@dataclass(frozen=True, kw_only=True)
class EngineContext:
    """What an engine is opened with.

    Args:
        job: What its workers are made of.
        workers: How many the user wants, from 1; ``None``: as many as the engine thinks fit.
        options: Its own options; ``None`` where it has none.
        told: Called with a line for the user.
    """

    job: WorkerJob
    workers: int | None = None
    options: Any = None
    told: Callable[[str], None] = field(default=lambda line: print(line, file=sys.stderr), repr=False)


class Workers(Protocol):
    """What an engine opens. It is used from one thread.

    Whatever cannot be done is raised, or stands in the future, as a :class:`nlptasks.errors.NlptasksError` that a user
    understands: a cluster that is not there, a worker that cannot be started.
    """

    @property
    def size(self) -> int:
        """How many workers there are, from 1; about twice as many requests are under way at once."""

    def submit(self, request: bytes) -> Future[bytes]:
        """Give a request to a worker that has nothing to do, or else to the next that has.

        The future raises :class:`WorkerLostError` where its worker ends before it answers. The engine puts another
        worker in its place, so that the next request finds one.
        """

    def everywhere(self, request: bytes) -> Sequence[Future[bytes]]:
        """Give a request to each worker that is there, behind what it works on."""

    def close(self) -> None:
        """End all workers, whatever they do, and leave nothing behind. May be called twice."""
