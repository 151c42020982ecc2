"""A head for sentiment that silences the streams of the command, at work."""

import os
import sys
from dataclasses import dataclass, field
from typing import Literal

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label


def nowhere():
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


SILENCING = {
    "replaced": lambda: setattr(sys, "stderr", nowhere()),
    "none": lambda: setattr(sys, "stderr", None),
    "closed": lambda: sys.stderr.close(),
    "write": lambda: setattr(sys.stderr, "write", len),
    "descriptor": lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2),
    "output": lambda: setattr(sys, "stdout", nowhere()),
    "both": lambda: (os.close(1), os.close(2)),
}


@dataclass(frozen=True)
class Options:
    way: Literal[tuple(SILENCING)] = field(default="none", metadata={"help": "what it silences"})
    stage: Literal["open", "windows"] = field(default="windows", metadata={"help": "when it does"})


class Silencer:
    labels = ("negative", "positive")

    def __init__(self, context):
        self._options = context.options
        self._silence("open")

    def windows(self, examples):
        self._silence("windows")
        return [[] for _ in examples]

    def read(self, example, windows, reduced):
        return Label("positive", 0.75)

    def _silence(self, stage):
        if self._options.stage == stage:
            SILENCING[self._options.way]()


@hookimpl
def nlptasks_heads():
    return [
        HeadSpec(
            name="silencer", summary="Says nothing.", task="sentiment", object=f"{__name__}:Silencer", options=Options
        )
    ]
