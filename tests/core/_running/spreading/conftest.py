"""Workers in threads of this process, which lose requests where a test wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.session import Session
from nlptasks.plugin import EngineSpec
from nlptasks.plugin.engines import EngineContext, Worker, WorkerLostError
from nlptasks.plugin.options import setting


@dataclass(frozen=True)
class InThreadsOptions:
    lose: int = setting(0, "How many requests are lost behind the first.", min=0)


@dataclass
class InThreads:
    """Workers that are threads.

    Args:
        made: Makes a worker.
        size: How many there are.
        lose: How many requests are lost behind the first.
        requests: All requests.
        under_way: How many are not answered, at each request.
        closed: Whether they are closed.
    """

    made: Callable[[], Worker]
    size: int = 2
    lose: int = 0
    requests: list[bytes] = field(default_factory=list)
    under_way: list[int] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.workers = [self.made() for _ in range(self.size)]
        self.pools = [ThreadPoolExecutor(1) for _ in range(self.size)]
        self.futures: list[Future[bytes]] = []

    def submit(self, request: bytes) -> Future[bytes]:
        self.requests.append(request)
        self.under_way.append(sum(not future.done() for future in self.futures))
        if self.lose and len(self.requests) > 1:
            self.lose -= 1
            lost = Future[bytes]()
            lost.set_exception(WorkerLostError("it was switched off"))
            return lost
        at = len(self.requests) % self.size
        self.futures.append(self.pools[at].submit(self.workers[at], request))
        return self.futures[-1]

    def everywhere(self, request: bytes) -> Sequence[Future[bytes]]:
        return [pool.submit(worker, request) for pool, worker in zip(self.pools, self.workers, strict=True)]

    def close(self) -> None:
        self.closed = True
        for pool in self.pools:
            pool.shutdown(cancel_futures=True)


#: The workers that were opened, the last one last.
OPENED: list[InThreads] = []


def open_threads(context: EngineContext) -> InThreads | None:
    """The engine of this module."""
    if context.workers == 1:
        return None
    OPENED.append(InThreads(context.job.open, context.workers or 2, context.options.lose))
    return OPENED[-1]


@pytest.fixture
def there(installed: Registry) -> Session:
    """A session with the engine ``threads``."""
    engine = EngineSpec(name="threads", summary="s", object=f"{__name__}:open_threads", options=InThreadsOptions)
    return Session(Registry((*installed.items, Owned(engine, "threads", "acme"))))


@pytest.fixture
def opened() -> list[InThreads]:
    """The workers that a test opens."""
    OPENED.clear()
    return OPENED
