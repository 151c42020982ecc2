"""Heads for sentiment that leave in every way there is, at work."""

import asyncio
import atexit
import os
import sys
from dataclasses import dataclass, field
from typing import Literal

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label


class Odd(BaseException):
    """No Exception, so that `except Exception` does not see it."""


class UnspeakableError(Exception):
    def __str__(self):
        raise SystemExit(0)


LEAVING = {
    "fork": lambda: os.fork(),
    "exit": lambda: sys.exit(0),
    "exit-none": lambda: sys.exit(),
    "exit-text": lambda: sys.exit("all is well"),
    "cancelled": lambda: raised(asyncio.CancelledError()),
    "generator": lambda: raised(GeneratorExit()),
    "stop": lambda: next(iter(())),
    "odd": lambda: raised(Odd("very odd")),
    "unspeakable": lambda: raised(UnspeakableError()),
    "memory": lambda: raised(MemoryError()),
    "at-once": lambda: os._exit(0),
    "other-program": lambda: os.execlp("true", "true"),
}
Way = Literal[("", *LEAVING)]


def raised(error):
    raise error


@dataclass(frozen=True)
class Options:
    way: Way = field(default="", metadata={"help": "how it leaves"})
    stage: Literal["options", "open", "windows", "read", "end"] = field(
        default="read", metadata={"help": "when it leaves"}
    )

    def __post_init__(self):
        if self.way and self.stage == "options":
            LEAVING[self.way]()


class Leaver:
    labels = ("negative", "positive")

    def __init__(self, context):
        self._options = context.options
        self._leave("open")
        if self._options.stage == "end":
            atexit.register(LEAVING[self._options.way])

    def windows(self, examples):
        self._leave("windows")
        return [[] for _ in examples]

    def read(self, example, windows, reduced):
        self._leave("read")
        return Label("positive", 0.75)

    def _leave(self, stage):
        if self._options.way and self._options.stage == stage:
            LEAVING[self._options.way]()


@hookimpl
def nlptasks_heads():
    return [
        HeadSpec(name="leaver", summary="Leaves.", task="sentiment", object=f"{__name__}:Leaver", options=Options),
        HeadSpec(name="lazy", summary="Exits when imported.", task="sentiment", object="_zoo_exits_late:Head"),
    ]
