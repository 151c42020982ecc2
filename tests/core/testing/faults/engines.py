"""Engines with a fault."""

from __future__ import annotations

import os
import random
from concurrent.futures import Future
from typing import Any

from nlptasks.plugin import EngineSpec
from nlptasks_engines.processes import ProcessWorkers

from .fault import Fault

HERE = __name__


class Honest:
    """Processes; a fault changes one thing of them."""

    def __init__(self, job, number: int) -> None:
        self.workers = ProcessWorkers(job, number)
        self.size = number

    def submit(self, request):
        return self.workers.submit(request)

    def everywhere(self, request):
        return self.workers.everywhere(request)

    def close(self):
        self.workers.close()


class Miscounts(Honest):
    def __init__(self, job, number: int) -> None:
        super().__init__(job, number)
        self.size = 1


class Blocks(Honest):
    def submit(self, request):
        return super().submit(request).result()


class Mixes(Honest):
    kept: Any = None

    def submit(self, request):
        found, self.kept = self.kept, super().submit(request)
        return found or self.kept


class AsksOne(Honest):
    def everywhere(self, request):
        return [self.workers.everywhere(request)[0]] * self.size


class Stops(Honest):
    """Whoever waits for a worker that was lost waits for ever."""

    def submit(self, request):
        asked, told = super().submit(request), Future()
        asked.add_done_callback(lambda done: done.exception() or told.set_result(done.result()))
        return told


class RaisesAnything(Honest):
    def submit(self, request):
        asked, told = super().submit(request), Future()

        def tell(done):
            if done.exception():
                told.set_exception(BrokenPipeError("the pipe"))
            else:
                told.set_result(done.result())

        asked.add_done_callback(tell)
        return told


class StaysOpen(Honest):
    def close(self):
        LEFT.append(self.workers)


class SetsVariables(Honest):
    def __init__(self, job, number: int) -> None:
        super().__init__(job, number)
        os.environ["WORKERS"] = str(random.SystemRandom().random())


class PrintsRaw(Honest):
    """Prints where the data go."""

    def __init__(self, job, number: int) -> None:
        super().__init__(job, number)
        os.write(1, b"off we go")


#: The workers that a fault left, for the test to end.
LEFT: list[Any] = []


def engine(made: type) -> EngineSpec:
    opener = f"open_{made.__name__}"
    globals()[opener] = lambda context: made(context.job, context.workers)
    return EngineSpec(name="threads", summary="s", object=f"{HERE}:{opener}")


def found() -> list[Fault]:
    planted: list[tuple[str, type, str]] = [
        ("another number of workers", Miscounts, "size is 1 where 2 workers were asked for"),
        ("an answer in place of a future", Blocks, "submit() gave a bytes and no concurrent.futures.Future"),
        ("answers to other requests", Mixes, "a request had the answer of another one"),
        ("one worker asked for all", AsksOne, "everywhere() had answers of 1 workers, and there are 2"),
        ("a request that is lost with its worker", Stops, "a request had no answer within 3 s"),
        ("an error of its own kind", RaisesAnything, "what a user can understand is a NlptasksError"),
        ("processes left behind", StaysOpen, "close() left 2 of 2 processes running"),
        ("a variable of the environment", SetsVariables, "changed the environment variable WORKERS of the process"),
        ("it prints where the data go", PrintsRaw, "reached the standard output, where the data go: b'off we go'"),
    ]
    return [Fault("engine", fault, engine(made), says) for fault, made, says in planted]
