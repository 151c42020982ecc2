"""Requests that are under way: sent again where a worker was lost, and explained where they fail."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from nlptasks._plugins.guard import plugin_errors
from nlptasks._running.spreading.messages import WorkerAnswer
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.plugin.engines import WorkerLostError, Workers

#: How often a request is made whose worker is lost: what ends three workers would end all of them.
_TRIES = 3


@dataclass
class Sender:
    """Makes requests of the workers of an engine.

    Args:
        what: What errors call the engine.
        workers: Its workers.
        told: Told of a worker that was lost.
        peak_rss_mb: Largest resident memory of a worker so far, in megabytes.
    """

    what: str
    workers: Workers
    told: Callable[[str], None]
    peak_rss_mb: float = 0.0
    _said: set[str] = field(default_factory=set)

    def send(self, request: object, about: str = "") -> Sent:
        """Make a request of some worker.

        Args:
            request: The request.
            about: What errors call its subject; empty: it is about the system.
        """
        data = pickle.dumps(request)
        return Sent(self, data, about, self.submitted(data))

    def ask_all(self, request: object) -> None:
        """Make a request of each worker, and wait; one that is lost meanwhile has no answer.

        Raises:
            NlptasksError: One answered with an error.
        """
        data = pickle.dumps(request)
        with plugin_errors(self.what):
            futures = tuple(self.workers.everywhere(data))
        for future in futures:
            answer = self.answer_of(future)
            if isinstance(answer, bytes):
                self.value_of(answer)

    def answer_of(self, future: Future[bytes]) -> bytes | WorkerLostError:
        """An answer, once it is there, or that its worker is lost."""
        with plugin_errors(self.what):
            try:
                return future.result()
            except WorkerLostError as error:
                return error
            except CancelledError:
                return WorkerLostError("its worker was cancelled")

    def value_of(self, answer: bytes) -> Any:
        """What an answer holds.

        Raises:
            NlptasksError: It holds an error.
        """
        found: WorkerAnswer = pickle.loads(answer)
        self.peak_rss_mb = max(self.peak_rss_mb, found.peak_rss_mb)
        for line in found.warnings:
            if line not in self._said:  # each worker has the same to say
                self._said.add(line)
                warnings.warn(line, RuntimeWarning, stacklevel=2)
        if found.error is not None:
            raise found.error.made()
        return found.value

    def submitted(self, data: bytes) -> Future[bytes]:
        """Make a pickled request of some worker."""
        with plugin_errors(self.what):
            future = self.workers.submit(data)
            if not isinstance(future, Future):
                raise PluginError(f"submit() gave {type(future).__name__} and no concurrent.futures.Future")
            return future


@dataclass
class Sent:
    """A request that is under way."""

    sender: Sender
    data: bytes
    about: str
    future: Future[bytes]
    tries: int = 1

    def done(self) -> bool:
        """Whether waiting for it takes no time."""
        return self.future.done()

    def value(self) -> Any:
        """The answer, once it is there.

        Raises:
            NlptasksError: It failed, or its workers were lost again and again.
        """
        while isinstance(answer := self.sender.answer_of(self.future), WorkerLostError):
            if self.tries >= _TRIES:
                raise self._given_up(answer) from answer
            self.tries += 1
            subject = f"{self.about} go" if self.about else "its work goes"
            self.sender.told(f"warning: a worker was lost ({answer.message}); {subject} to another one")
            self.future = self.sender.submitted(self.data)
        return self.sender.value_of(answer)

    def _given_up(self, error: WorkerLostError) -> NlptasksError:
        what = f"predicted {self.about}" if self.about else "opened the system"
        return NlptasksError(
            f"{_TRIES} workers ended while they {what}: {error.message}",
            hint=error.hint or "where the memory is full, fewer --workers take less of it",
        )
