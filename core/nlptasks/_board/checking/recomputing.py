"""Whether a record's numbers follow from its predictions: statistics made anew, and values made of statistics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nlptasks._board.panels import altered
from nlptasks._board.systems import LoadedRecord
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, matrices, open_metrics
from nlptasks._scoring.results import base_signature
from nlptasks.plugin import PREDICTION, STATE

#: How far statistics may be apart.
_EXACT = 1e-9


def recomputed(registry: Registry, run: LoadedRecord) -> Iterator[tuple[str, str]]:
    """What does not follow, and which check found it.

    Statistics are made anew only where the metric that is installed has the record's signature, and where its texts are
    not withheld; a column of them that depends on the gold answers alone (the length of the references of BLEU) is told
    apart.
    """
    record = run.header.record
    metrics = open_metrics(
        registry, record.scores, labels=record.labels, language=record.dataset.language, task=record.task
    )
    for name, item in metrics.items():
        result, matrix = record.scores[name], run.stats.get(name)
        if matrix is None:
            continue
        if reason := altered(item, name, result, matrix):
            yield reason, "altered-value"
        hidden = record.withheld and not record.labels and item.reads != STATE
        if hidden or base_signature(result.signature) != item.metric.signature:
            continue
        fresh = matrices({name: item}, run.samples).get(name)
        if fresh is None or fresh.shape != matrix.shape:
            yield f"its statistics of {name} have another shape than its predictions give", "altered-statistics"
        elif not np.allclose(fresh, matrix, rtol=_EXACT, atol=_EXACT):
            yield _difference(item, name, run, fresh, matrix)


def _difference(
    item: OpenMetric, name: str, run: LoadedRecord, fresh: NDArray[np.float64], matrix: NDArray[np.float64]
) -> tuple[str, str]:
    for column in _of_gold(item, run, fresh):
        mine, expected = float(matrix[:, column].sum()), float(fresh[:, column].sum())
        if abs(mine - expected) > _EXACT * max(1.0, abs(expected)):
            return (
                f"what its statistics of {name} say of the gold answers (column {column + 1}, such as the length of "
                f"the references) sums to {mine:g}; under its signature these gold answers give {expected:g}",
                "reference-length",
            )
    rows = int((~np.isclose(fresh, matrix, rtol=_EXACT, atol=_EXACT)).any(axis=1).sum())
    return f"its statistics of {name} do not follow from its predictions in {rows} samples", "altered-statistics"


def _of_gold(item: OpenMetric, run: LoadedRecord, fresh: NDArray[np.float64]) -> list[int]:
    """Columns that no prediction changes, and that are lengths: more than a count of samples or a label."""
    if item.reads != PREDICTION:
        return []
    golds = [sample.gold for sample in run.samples]
    probes = [item.metric.stats([answer] * len(golds), golds) for answer in ("", "x", "x y z")]
    same = np.all([np.isclose(probe, fresh) for probe in probes], axis=(0, 1))
    return [int(column) for column in np.flatnonzero(same) if (fresh[:, column] > 1).any()]
