"""The check that every engine must pass."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from contextlib import contextmanager, suppress
from dataclasses import asdict, is_dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nlptasks._names import resolve
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.blocks import Block, nothing
from nlptasks._running.spreading.place import placed
from nlptasks._settings.groups import EngineChoice, SystemChoice
from nlptasks._systems.process import session
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.errors import NlptasksError
from nlptasks.plugin import GENERATE, EngineSpec, TaskSpec
from nlptasks.plugin.engines import EngineContext, Worker, WorkerJob, WorkerLostError, Workers
from nlptasks.testing._probes import company, examples
from nlptasks.testing._steady import steady, told, warm

__all__ = ["check_engine"]

_HERE = __name__

#: Workers that are asked for, and requests of each kind that are made of them.
_WORKERS, _REQUESTS = 2, 16

#: Bytes of a large request, rows of a block and tasks that are predicted.
_LARGE, _ROWS, _TASKS = 3_000_000, 16, 2

#: Seconds in which processes that were ended are gone.
_GONE = 10.0


def check_engine(engine: EngineSpec, *, options: Any = None, tasks: Sequence[str] = (), seconds: float = 120.0) -> None:
    """Check what every engine must do.

    It opens the workers that are asked for. Each request has the answer that is its own, whatever their number and
    size, and one that is made of all workers has an answer of each. One whose worker ends raises ``WorkerLostError`` or
    is answered by another worker, and later requests find as many workers as before. What a worker prints reaches no
    standard output, nothing that this process has one of is changed, and no worker is left, even a busy one. The
    predictions of installed tasks are those of one process.

    Args:
        engine: The engine.
        options: Its options; ``None``: the defaults.
        tasks: Names of tasks to predict for; empty: some that are installed.
        seconds: How long an answer may take; the first one, in which workers start.

    Raises:
        AssertionError: It does not; the message says what is wrong.
        NlptasksError: It cannot be opened here, and says why.
    """
    given = options if options is not None or engine.options is None else engine.options()
    check = _EngineCheck(engine, given, seconds)
    with warm():
        check.opens()
    with _clean_output(), steady("the engine"):
        check.answers()
    check.survives()
    check.ends()
    check.predicts(tasks)


def probe(content: bytes) -> Worker:
    """A worker that does what a request says: a JSON list of a word and a value."""

    def answer(request: bytes) -> bytes:
        word, value = json.loads(request)
        if word == "print":
            print("printed by a worker", flush=True)
            os.write(1, b"written by a worker\n")
        elif word == "sleep":
            time.sleep(value)
        elif word == "die":
            os._exit(9)
        elif word == "die once":
            with suppress(FileExistsError):
                os.close(os.open(value, os.O_CREAT | os.O_EXCL))
                os._exit(9)
        told: Any = [os.getpid(), socket.gethostname()] if word == "where" else value
        return json.dumps([content.decode(), told]).encode()

    return answer


class _EngineCheck:
    """The parts of the check.

    Args:
        spec: The engine.
        options: Its options.
        seconds: How long an answer may take.
    """

    def __init__(self, spec: EngineSpec, options: Any, seconds: float) -> None:
        self._spec = spec
        self._options = options
        self._seconds = seconds

    def opens(self) -> None:
        """It opens so many workers, or says why not."""
        with self._open() as workers, told("the engine", refusals=True):
            self._ask(self._submitted(workers, "say", "first"), "first")

    def answers(self) -> None:
        """Each request has its own answer."""
        with self._open() as workers:
            texts = [f"request {at}" for at in range(_REQUESTS)] + ["x" * _LARGE]
            futures = [self._submitted(workers, "say", text) for text in texts]
            for text, future in zip(texts, futures, strict=True):
                self._ask(future, text)
            self._ask(self._submitted(workers, "print", 0), 0)
            self._everywhere(workers)

    def survives(self) -> None:
        """It goes on where a worker ends."""
        with tempfile.TemporaryDirectory(prefix="nlptasks-engine-") as folder, self._open() as workers:
            mark = str(Path(folder) / "died")
            try:
                self._result(self._submitted(workers, "die once", mark))
            except WorkerLostError:
                self._ask(self._submitted(workers, "die once", mark), mark)
            assert Path(mark).stat(), "the worker that was to end did not get its request"
            try:
                self._result(self._submitted(workers, "die", 0))
            except WorkerLostError:
                lost = True
            else:
                lost = False
            assert lost, "a request that ends each worker was answered; it must raise WorkerLostError in the end"
            self._everywhere(workers)

    def ends(self) -> None:
        """No worker is left, though it works."""
        with self._open() as workers:
            places = self._everywhere(workers)
            for _ in range(_WORKERS):
                self._submitted(workers, "sleep", 600)
            time.sleep(0.2)
            with told("close()"):
                workers.close()
                workers.close()
        here = socket.gethostname()
        mine = [pid for pid, host in places if host == here and pid != os.getpid()]
        until = time.monotonic() + _GONE
        while (left := [pid for pid in mine if _lives(pid)]) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left, f"close() left {len(left)} of {len(mine)} processes running"

    def predicts(self, names: Sequence[str]) -> None:
        """Predictions are those of one process."""
        here = session()
        name = f"under-test:{self._spec.name}"
        there = Session(Registry((*here.registry.items, Owned(self._spec, "under-test", "under-test"))), here.pool)
        given = asdict(self._options) if is_dataclass(self._options) and not isinstance(self._options, type) else {}
        away = EngineChoice(engine=name, workers=_WORKERS, given=given)
        for system in islice(_systems(here, names), len(names) or _TASKS):
            task = system.heads[0].task
            with told(f"the engine, for {task.name},"):
                one = _predicted(here, system, EngineChoice())
                other = _predicted(there, system, away)
            assert one == other, f"the predictions for {task.name} are not those of one process"

    @contextmanager
    def _open(self) -> Iterator[Workers]:
        made = resolve(self._spec.object)
        job = WorkerJob(maker=f"{_HERE}:probe", content=b"content", folder=str(Path.cwd()))
        context = EngineContext(job=job, workers=_WORKERS, options=self._options)
        with told("the engine", refusals=True):
            workers: Workers | None = made(context)
        assert workers is not None, f"it opened no workers where {_WORKERS} were asked for"
        try:
            assert workers.size == _WORKERS, f"size is {workers.size!r} where {_WORKERS} workers were asked for"
            yield workers
        finally:
            with told("close()"):
                workers.close()

    def _everywhere(self, workers: Workers) -> list[tuple[int, str]]:
        """The processes of all workers."""
        with told("everywhere()"):
            futures = list(workers.everywhere(_request("where", 0)))
        places = [(int(pid), str(host)) for pid, host in map(self._result, futures)]
        different = len(set(places))
        assert different == _WORKERS, f"everywhere() had answers of {different} workers, and there are {_WORKERS}"
        return places

    def _submitted(self, workers: Workers, word: str, value: Any) -> Future[bytes]:
        with told("submit()"):
            future: object = workers.submit(_request(word, value))
        assert isinstance(future, Future), f"submit() gave a {type(future).__name__} and no concurrent.futures.Future"
        return future

    def _ask(self, future: Future[bytes], value: Any) -> None:
        found = self._result(future)
        assert found == value, f"a request had the answer of another one: {str(value)[:40]!r} had {str(found)[:40]!r}"

    def _result(self, future: Future[bytes]) -> Any:
        """What an answer holds.

        Raises:
            WorkerLostError: Its worker ended.
        """
        try:
            answer: object = future.result(self._seconds)
        except Overdue as error:
            raise AssertionError(f"a request had no answer within {self._seconds:g} s") from error
        except NlptasksError:
            raise
        except BaseException as error:
            raise AssertionError(
                f"a request raised {type(error).__name__}: {error}; what a user can understand is a NlptasksError"
            ) from error
        assert isinstance(answer, bytes), f"the answer to a request is a {type(answer).__name__} and no bytes"
        content, value = json.loads(answer)
        assert content == "content", f"a worker was made of {content!r} and not of what the job holds"
        return value


def _request(word: str, value: Any) -> bytes:
    return json.dumps([word, value]).encode()


def _systems(here: Session, names: Sequence[str]) -> Iterator[System]:
    """Systems of the tasks that are named; else of those whose default head works as it is and writes no text."""
    for name in names or [item.spec.name for item in here.registry.all(TaskSpec)]:
        try:
            system = here.choose(here.tasks([name]), SystemChoice())
        except NlptasksError:
            if names:
                raise
            continue
        if names or not any(GENERATE in item.head.spec.needs for item in system.heads):
            yield system


def _predicted(here: Session, system: System, choice: EngineChoice) -> list[tuple[Any, ...]]:
    """What a system makes of some blocks, in their order."""
    task = system.heads[0].task
    rows = [*examples(task), *company(task)][:_ROWS]
    half = len(rows) // 2
    blocks = [
        Block(rows=part, examples=[part], first=first)
        for first, part in ((0, rows[:half]), (half, rows[half:]))
        if part
    ]
    with placed(here, system, choice, lambda _: None) as place:
        return [(done.block.first, done.made) for done in place.engine()(iter(blocks), nothing)]


@contextmanager
def _clean_output() -> Iterator[None]:
    """Check that nothing reaches the descriptor 1 within the block, from any process."""
    with tempfile.TemporaryFile() as file:
        kept = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        file.seek(0)
        text = file.read(200)
    assert not text, f"what a worker printed reached the standard output, where the data go: {text!r}"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
