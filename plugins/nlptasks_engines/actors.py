"""Actors of Ray, each with the system in memory: on this machine or on a cluster."""

from __future__ import annotations

import logging
import os
import platform
import random
import signal
import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.engines import EngineContext, WorkerJob, WorkerLostError
from nlptasks.text.display import one_line
from nlptasks_engines.options import RayOptions

__all__ = ["RayWorkers", "open_actors"]

#: Seconds in which somebody must listen at an address: Ray itself would wait for minutes.
_LISTENS = 5.0

#: How often Ray asks an actor again that died meanwhile, and is started anew; whoever waits then asks another.
_TIMES = 1

#: Characters of what Ray says.
_LONGEST = 300

#: What Ray is told, and would otherwise ask or tell on its own.
_QUIET: Mapping[str, str] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


def open_actors(context: EngineContext) -> RayWorkers:
    """The workers.

    Raises:
        UsageError: Ray is not installed, or the address is none.
        NlptasksError: The cluster is not there, has another version, or is too small.
    """
    options: RayOptions = context.options
    with _left_as_it_was():
        ray = _imported()
        own = not ray.is_initialized()
        if own:
            _connect(ray, options.address)
        try:
            return RayWorkers(ray, context.job, _number(ray, context.workers, options), options, own=own)
        except BaseException:
            if own:
                ray.shutdown()
            raise


class RayWorkers:
    """See :class:`nlptasks.plugin.engines.Workers`. A request goes to the actor that has the fewest.

    Args:
        ray: The module.
        job: What the workers are made of.
        number: How many there are.
        options: What each takes of the cluster.
        own: Whether the connection is closed with them.
    """

    def __init__(self, ray: Any, job: WorkerJob, number: int, options: RayOptions, *, own: bool) -> None:
        self._ray = ray
        self._own = own
        self._closed = False
        made = ray.remote(_Actor).options(
            num_cpus=options.cpus_per_worker,
            num_gpus=options.gpus_per_worker,
            max_restarts=-1,
            max_task_retries=_TIMES,
        )
        self._actors = [made.remote(job) for _ in range(number)]
        self._busy: list[set[Future[bytes]]] = [set() for _ in range(number)]

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._actors)

    def submit(self, request: bytes) -> Future[bytes]:
        """See :meth:`nlptasks.plugin.engines.Workers.submit`."""
        for futures in self._busy:
            futures -= {future for future in futures if future.done()}
        at = min(range(self.size), key=lambda at: len(self._busy[at]))
        future = self._asked(at, request)
        self._busy[at].add(future)
        return future

    def everywhere(self, request: bytes) -> Sequence[Future[bytes]]:
        """See :meth:`nlptasks.plugin.engines.Workers.everywhere`."""
        return [self._asked(at, request) for at in range(self.size)]

    def close(self) -> None:
        """See :meth:`nlptasks.plugin.engines.Workers.close`."""
        if self._closed:
            return
        self._closed = True
        with _left_as_it_was():
            for actor in self._actors:
                with suppress(Exception):
                    self._ray.kill(actor)
            if self._own:
                self._ray.shutdown()

    def _asked(self, at: int, request: bytes) -> Future[bytes]:
        asked: Future[bytes] = self._actors[at].answer.remote(request).future()
        told = Future[bytes]()
        asked.add_done_callback(lambda done: _tell(done, told, self._ray.exceptions))
        return told


class _Actor:
    """A worker in a process of Ray's."""

    def __init__(self, job: WorkerJob) -> None:
        self._answer = job.open()

    def answer(self, request: bytes) -> bytes:
        return self._answer(request)


def _tell(done: Future[bytes], told: Future[bytes], exceptions: Any) -> None:
    """Pass an answer on, and what Ray raises in words of ours."""
    error = done.exception()
    if error is None:
        told.set_result(done.result())
    elif isinstance(error, exceptions.OutOfMemoryError):
        told.set_exception(WorkerLostError("Ray ended an actor, since its machine has no memory left", hint=_FEWER))
    elif isinstance(error, exceptions.ActorDiedError | exceptions.ActorUnavailableError):
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        told.set_exception(WorkerLostError(f"an actor of Ray died ({_cut(lines[-1] if lines else str(error))})"))
    else:
        told.set_exception(NlptasksError(f"Ray could not ask a worker: {_first_line(error)}", hint=_INSTALLED))


_FEWER = "fewer --workers take less of it, or --cpus-per-worker N lets fewer of them be on one machine"
_INSTALLED = "each machine of the cluster needs 'nlptasks-toolkit[ray]' and your plugins, in the versions of this one"


def _imported() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ray
        logging.getLogger("ray").setLevel(logging.CRITICAL)  # the import itself sets another level
    except ImportError as error:
        raise UsageError(
            f"the engine 'ray' needs Ray, which cannot be imported: {error}",
            hint="pip install 'nlptasks-toolkit[ray]'",
        ) from error
    return ray


def _connect(ray: Any, address: str) -> None:
    """Connect to a cluster, or start one on this machine.

    Raises:
        UsageError: The address is none.
        NlptasksError: The cluster is not there, or does not take us.
    """
    address = address or os.environ.get("RAY_ADDRESS", "") or "local"
    if address not in ("local", "auto"):
        _look(address)
    try:
        ray.init(
            address=address,
            include_dashboard=False if address == "local" else None,
            log_to_driver=False,
            configure_logging=False,
        )
    except ConnectionError as error:
        raise NlptasksError(
            f"--address {address}: no Ray answers there ({_first_line(error)})",
            hint="'ray start --head' starts one; one that asks for a token gets it with RAY_AUTH_MODE=token",
        ) from error
    except (RuntimeError, ValueError, OSError) as error:
        here = f"Ray {ray.__version__} on Python {platform.python_version()}"
        raise NlptasksError(
            f"Ray cannot be used at the address {address}: {_first_line(error)}",
            hint=f"here is {here}, and a cluster must have the same versions",
        ) from error


def _look(address: str) -> None:
    """Find out within seconds whether anybody listens at an address."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or (10001 if parts.scheme == "ray" else 6379)
    except ValueError as error:
        raise UsageError(f"--address {address}: {error}", hint=_FORMS) from error
    if parts.scheme not in ("", "ray") or not host:
        raise UsageError(f"--address {address} is no address of a Ray cluster", hint=_FORMS)
    try:
        socket.create_connection((host, port), timeout=_LISTENS).close()
    except OSError as error:
        raise NlptasksError(
            f"--address {address}: nobody listens at {host}:{port} ({error.strerror or error})",
            hint="'ray start --head' on that machine starts a cluster and prints its address",
        ) from error


_FORMS = "it is HOST:PORT, ray://HOST:PORT, or auto"


def _number(ray: Any, wanted: int | None, options: RayOptions) -> int:
    """How many workers there are: as many as the user wants, or as fit.

    Raises:
        NlptasksError: Not so many fit, so that Ray would wait for ever.
    """
    there = ray.cluster_resources()
    fits = [
        int(there.get(name, 0) / each)
        for name, each in (("CPU", options.cpus_per_worker), ("GPU", options.gpus_per_worker))
        if each
    ]
    most = min(fits, default=wanted or 1)
    if most < (wanted or 1):
        raise NlptasksError(
            f"the cluster has {there.get('CPU', 0):g} CPUs and {there.get('GPU', 0):g} GPUs, in which {most} workers "
            f"fit and not {wanted or 1}",
            hint="ask for fewer --workers, or let each take less: --cpus-per-worker 0.5",
        )
    return wanted or most


@contextmanager
def _left_as_it_was() -> Iterator[None]:
    """Put back what Ray changes in this process: its environment, what signals do, and the shared random numbers."""
    drawn = random.getstate()
    environment = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    logger = logging.getLogger("ray")
    level = logger.level
    os.environ.update({name: value for name, value in _QUIET.items() if name not in environment})
    try:
        yield
    finally:
        random.setstate(drawn)
        logger.setLevel(level)
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        for number, handler in handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return _cut(lines[0]) if lines else type(error).__name__


def _cut(text: str) -> str:
    """The first sentences of what Ray says, which may be a page."""
    return one_line(text.partition(" Some common causes")[0], _LONGEST)
