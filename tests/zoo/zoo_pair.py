"""One of two plugins that want the same names: copied under two names, each says which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np

from nlptasks.plugin import (
    BackboneSpec,
    Column,
    CommandSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    PipelineSpec,
    TaskSpec,
    hookimpl,
)
from nlptasks.plugin.inspection import Inspection
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Row, Table

ME = Path(__file__).stem


@dataclass(frozen=True)
class One:
    level: int = field(default=1, metadata={"help": "how much"})


@dataclass(frozen=True)
class Two:
    level: str = field(default="low", metadata={"help": "how much"})


class Head:
    labels = ("negative", "positive")

    def __init__(self, context):
        self.level = context.options.level

    def windows(self, examples):
        return [[] for _ in examples]

    def reduce(self, states):
        return []

    def read(self, example, windows, reduced):
        return Label("positive" if ME == "one" else "negative", 0.5)


class Worth:
    signature = f"worth-of-{ME}"
    binary = False

    def __init__(self, labels):
        pass

    def stats(self, predictions, targets):
        return np.ones((len(targets), 1)) * (1 if ME == "one" else 2)

    def score(self, sums):
        return sums[..., 0] * 0 + (0.25 if ME == "one" else 0.75)


class Lines:
    def __init__(self, options):
        pass

    def read(self, stream, name):
        return Table.of_rows(
            ("text",), (Row(at, [f"{ME} {line.decode().strip()}"]) for at, line in enumerate(stream, 1))
        )

    def write(self, stream, columns):
        raise NotImplementedError


def inspect(reference, options):
    return Inspection(provides=frozenset({"encode"}), facts=(("opened", f"{reference} by {ME}"),))


@click.command()
@click.option("--whom", default="nobody")
def greet(whom):
    click.echo(f"good day {whom} from {ME}")


@hookimpl
def nlptasks_tasks():
    return [
        TaskSpec(
            name="mood",
            aliases=("feeling",),
            summary=f"Of {ME}.",
            inputs=(Column(name="text"),),
            gold=Column(name="label"),
            prediction="nlptasks.plugin.predictions:Label",
            output="mood",
            metrics=("worth",),
            primary="worth",
            baseline="nlptasks_tasks.baselines:majority",
            examples=({"text": "fine", "label": "positive"},),
        )
    ]


@hookimpl
def nlptasks_heads():
    options = One if ME == "one" else Two
    return [
        HeadSpec(name="same", task=task, summary=f"Of {ME}.", object=f"{__name__}:Head", options=options)
        for task in ("sentiment", "mood")
    ]


@hookimpl
def nlptasks_metrics():
    return [MetricSpec(name="worth", summary=f"Of {ME}.", object=f"{__name__}:Worth")]


@hookimpl
def nlptasks_formats():
    return [FormatSpec(name="pair", summary=f"Of {ME}.", suffixes=(".pair",), object=f"{__name__}:Lines")]


@hookimpl
def nlptasks_backbones():
    return [
        BackboneSpec(
            name="pair-net",
            summary=f"Of {ME}.",
            object=f"{__name__}:Head",
            provides=frozenset({"encode"}),
            scheme="pair",
            inspector=f"{__name__}:inspect",
        )
    ]


@hookimpl
def nlptasks_pipelines():
    return [PipelineSpec(name="pair-pipe", summary=f"Of {ME}.", object=f"{__name__}:Head")]


@hookimpl
def nlptasks_commands():
    return [CommandSpec(name="greet", summary="Say good day.", object=f"{__name__}:greet")]
