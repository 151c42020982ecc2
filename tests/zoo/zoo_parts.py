"""A metric, a format, a backbone and an observer that call sys.exit(0); FAULT in the environment says where."""

import os
import sys

import numpy as np

from nlptasks.plugin import BackboneSpec, FormatSpec, HeadSpec, MetricSpec, hookimpl
from nlptasks.plugin.protocols import Row, Table


def fault(place):
    if os.environ.get("FAULT") == place:
        sys.exit(0)


class Score:
    signature = "zoo"
    binary = False

    def __init__(self, labels):
        fault("metric")

    def stats(self, predictions, targets):
        fault("stats")
        if os.environ.get("FAULT") == "shape":
            return np.ones(3)
        return np.ones((len(targets), 1))

    def score(self, sums):
        fault("score")
        return sums[..., 0]


class Lines:
    def __init__(self, options):
        fault("format")

    def read(self, stream, name):
        fault("read")
        return Table.of_rows(("text",), self._rows(stream))

    def _rows(self, stream):
        for at, line in enumerate(stream, 1):
            yield Row(at, [line.decode().strip()])
            fault("rows")

    def write(self, stream, columns):
        fault("write")
        return Writer(stream)


class Writer:
    def __init__(self, stream):
        self._stream = stream

    def write(self, block, predictions):
        fault("write rows")
        for row, *made in zip(block.good(), *predictions, strict=True):
            self._stream.write(" ".join(map(str, [*row.cells, *made])).encode() + b"\n")

    def close(self):
        fault("close")


def backbone(context):
    sys.exit(0)


@hookimpl
def nlptasks_metrics():
    return [MetricSpec(name="zoo-score", summary="x", object=f"{__name__}:Score")]


@hookimpl
def nlptasks_formats():
    return [FormatSpec(name="zoo", summary="x", suffixes=(".zoo",), object=f"{__name__}:Lines")]


@hookimpl
def nlptasks_backbones():
    return [BackboneSpec(name="zoo-net", summary="x", object=f"{__name__}:backbone", provides=frozenset({"prompt"}))]


@hookimpl
def nlptasks_heads():
    needs = frozenset({"prompt"})
    return [HeadSpec(name="asks", summary="x", task="sentiment", object=f"{__name__}:backbone", needs=needs)]


@hookimpl
def nlptasks_run_started(event):
    fault("observer")
