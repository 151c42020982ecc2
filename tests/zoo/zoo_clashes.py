"""A plugin whose names others have already: a metric, a suffix, an alias, and a column that is a flag."""

import numpy as np

from nlptasks.plugin import Column, FormatSpec, HeadSpec, MetricSpec, TaskSpec, hookimpl

BASELINE = "nlptasks_tasks.baselines:majority"


class Zero:
    signature = "zoo"
    binary = False

    def __init__(self, labels):
        pass

    def stats(self, predictions, targets):
        return np.zeros((len(targets), 1))

    def score(self, sums):
        return sums[..., 0]


def task(name, column, aliases=()):
    return TaskSpec(
        name=name,
        summary="x",
        inputs=(Column(name=column),),
        gold=Column(name="label"),
        prediction="nlptasks.plugin.predictions:Label",
        output="mood",
        metrics=("accuracy",),
        primary="accuracy",
        baseline=BASELINE,
        examples=({column: "fine", "label": "good"},),
        aliases=aliases,
    )


@hookimpl
def nlptasks_tasks():
    return [task("mood", "text", ("topic-classification", "classification")), task("flagged", "data")]


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="zero", summary="x", task=name, object=f"{__name__}:Zero") for name in ("mood", "flagged")]


@hookimpl
def nlptasks_metrics():
    return [MetricSpec(name="accuracy", summary="x", object=f"{__name__}:Zero")]


@hookimpl
def nlptasks_formats():
    return [FormatSpec(name="a-csv", summary="x", suffixes=(".csv",), object=f"{__name__}:Zero")]
