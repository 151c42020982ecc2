"""Faults of trainers."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from nlptasks.plugin import (
    HeadSpec,
)
from nlptasks.plugin.protocols import HeadContext, TrainJob, TrainReport

from .fault import Fault
from .moods import SENTIMENT, Lexicon, head

HERE = __name__


class Trained(Lexicon):
    def __init__(self, context: HeadContext) -> None:
        super().__init__(context)
        if context.weights:
            self.known = json.loads((context.weights / "counts.json").read_text())


def fit(job: TrainJob) -> TrainReport:
    rows = list(job.examples)
    (job.output / "counts.json").write_text(json.dumps({"glad": sum(row.gold == "glad" for row in rows)}))
    return TrainReport(n_train=len(rows), n_validation=0, labels=("glad", "sad"), scores={"accuracy": 0.5}, settings={})


def fit_and_print(job: TrainJob) -> TrainReport:
    print("epoch 1")
    return fit(job)


def fit_and_seed(job: TrainJob) -> TrainReport:
    random.seed(job.seed)
    return fit(job)


def fit_at_random(job: TrainJob) -> TrainReport:
    report = fit(job)
    (job.output / "counts.json").write_text(json.dumps({"glad": random.Random().random()}))
    return report


def fit_nothing(job: TrainJob) -> TrainReport:
    rows = list(job.examples)
    return TrainReport(n_train=len(rows), n_validation=0, labels=(), scores={}, settings={})


def fit_elsewhere(job: TrainJob) -> TrainReport:
    report = fit(job)
    (job.output / "counts.json").rename(job.output / "other.json")
    return report


def fit_and_boast(job: TrainJob) -> TrainReport:
    return replace(fit(job), scores={"accuracy": float("nan")})


def fit_and_miscount(job: TrainJob) -> TrainReport:
    return replace(fit(job), n_train=100_000)


def fit_and_forget(job: TrainJob) -> Any:
    fit(job)


def trainer(name: str) -> HeadSpec:
    return replace(head(Trained), trainer=f"{HERE}:{name}")


def found() -> list[Fault]:
    changed = [
        ("prints on standard output", "fit_and_print", "the trainer printed 'epoch 1"),
        ("a seed for everybody", "fit_and_seed", "used or seeded the shared random numbers of random"),
        (
            "other weights for the same seed",
            "fit_at_random",
            "two trainings with one seed left different bytes in counts.json",
        ),
        ("no weights", "fit_nothing", "left nothing in its output folder"),
        ("weights that its head does not find", "fit_elsewhere", "No such file or directory"),
        ("a score that is not a number", "fit_and_boast", "the score 'accuracy' of the report is nan"),
        ("rows that it was not given", "fit_and_miscount", "the report counts 100000 rows"),
        ("no report", "fit_and_forget", "a trainer returns a TrainReport, got NoneType"),
    ]
    return [Fault("trainer", fault, (SENTIMENT, trainer(name)), says) for fault, name, says in changed]
