"""Several processes on this machine, each with the system in memory."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from nlptasks.errors import NlptasksError
from nlptasks.plugin.engines import EngineContext, WorkerJob, WorkerLostError
from nlptasks_engines.serving import receive, send

__all__ = ["ProcessWorkers", "open_processes"]

#: Seconds that a worker without work has to end by itself.
_PATIENCE = 5.0

#: What libraries take for the number of threads; each worker has its part of the processors.
_THREADS = "OMP_NUM_THREADS"


def open_processes(context: EngineContext) -> ProcessWorkers | None:
    """The workers; ``None`` where one is wanted, since this process is one."""
    number = context.workers or 1
    return None if number == 1 else ProcessWorkers(context.job, number)


@dataclass
class _Request:
    data: bytes
    future: Future[bytes] = field(default_factory=Future)


class ProcessWorkers:
    """See :class:`nlptasks.plugin.engines.Workers`. A thread for each process gives it work and waits for its answers.

    Args:
        job: What the workers are made of.
        number: How many there are.
    """

    def __init__(self, job: WorkerJob, number: int) -> None:
        self._job = pickle.dumps(job)
        self._shared = deque[_Request]()
        self._own = [deque[_Request]() for _ in range(number)]
        self._changed = threading.Condition()
        self._closed = False
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * number
        self._threads = [threading.Thread(target=self._work, args=(at,), daemon=True) for at in range(number)]
        try:
            for at in range(number):  # all load the system at once
                self._start(at)
        except NlptasksError:
            self.close()
            raise
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._threads)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes."""
        return tuple(process.pid for process in self._processes if process is not None)

    def submit(self, request: bytes) -> Future[bytes]:
        """See :meth:`nlptasks.plugin.engines.Workers.submit`."""
        return self._put(self._shared, request)

    def everywhere(self, request: bytes) -> Sequence[Future[bytes]]:
        """See :meth:`nlptasks.plugin.engines.Workers.everywhere`."""
        return [self._put(own, request) for own in self._own]

    def close(self) -> None:
        """See :meth:`nlptasks.plugin.engines.Workers.close`."""
        with self._changed:
            self._closed = True
            processes = [process for process in self._processes if process is not None]
            for waiting in (self._shared, *self._own):
                for request in waiting:
                    request.future.cancel()
                waiting.clear()
            self._changed.notify_all()
        for process in processes:
            _hang_up(process)
        for process in processes:
            try:
                process.wait(_PATIENCE)
            except BaseException as error:  # asked to stop once more: at once, then
                process.kill()
                process.wait()
                if not isinstance(error, subprocess.TimeoutExpired):
                    for other in processes:
                        other.kill()
                        other.wait()
                    raise
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_PATIENCE)
        for process in processes:
            _open(process.stdout).close()

    def _put(self, waiting: deque[_Request], data: bytes) -> Future[bytes]:
        request = _Request(data)
        with self._changed:
            waiting.append(request)
            self._changed.notify_all()
        return request.future

    def _work(self, at: int) -> None:
        while (request := self._next(at)) is not None:
            try:
                answer = self._answer(at, request.data)
            except BaseException as error:
                request.future.set_exception(error)
            else:
                request.future.set_result(answer)

    def _next(self, at: int) -> _Request | None:
        """The next request for a worker, its own before the others'; ``None`` where there will be none."""
        with self._changed:
            while True:
                for waiting in (self._own[at], self._shared):
                    while waiting:
                        request = waiting.popleft()
                        if request.future.set_running_or_notify_cancel():
                            return request
                if self._closed:
                    return None
                self._changed.wait()

    def _answer(self, at: int, request: bytes) -> bytes:
        process = self._processes[at] or self._start(at)
        answer = None
        with suppress(OSError, ValueError):  # it is gone, or its streams are closed
            send(_open(process.stdin), request)
            answer = receive(_open(process.stdout))
        if answer is None:
            raise self._lost(at, process)
        return answer

    def _lost(self, at: int, process: subprocess.Popen[bytes]) -> WorkerLostError:
        """What is to be said of a process that ended; the next request starts another one."""
        _hang_up(process)
        code = process.wait()
        _open(process.stdout).close()
        with self._changed:
            self._processes[at] = None
        hint = ""
        if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
            hint = "the system ends processes so where the memory is full: fewer --workers take less of it"
        return WorkerLostError(f"a process {_ended(code)}", hint=hint)

    def _start(self, at: int) -> subprocess.Popen[bytes]:
        """Start a process in the place of one that ended."""
        with self._changed:
            if self._closed:
                raise WorkerLostError("the workers are closed")
            self._processes[at] = process = _started(self.size)
        with suppress(OSError):  # it is gone; who asks for its answer finds out
            send(_open(process.stdin), self._job)
        return process


def _started(number: int) -> subprocess.Popen[bytes]:
    # The same modules are found as here, whatever this process added to its path.
    code = f"import sys; sys.path[:] = {sys.path!r}; from nlptasks_engines.serving import main; main()"
    environment = dict(os.environ)
    environment.setdefault(_THREADS, str(max(1, _processors() // number)))
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            # Control-C reaches all processes of a terminal's group, and it is the parent that decides what it means.
            start_new_session=True,
        )
    except OSError as error:
        raise NlptasksError(
            f"cannot start a process for a worker: {error.strerror}", hint="fewer --workers take less of the machine"
        ) from error


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # since both are pipes
    return stream


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    """Let a process know that nothing more comes: one that works ends at once, and others too."""
    with suppress(OSError):
        _open(process.stdin).close()


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"
