"""The samples of a data set that its systems found hardest, with what each of them predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlptasks._board.systems import BoardSystem
from nlptasks._board.text import one_visible_line, rounded, visible
from nlptasks._scoring.metrics import OpenMetric
from nlptasks.plugin import PREDICTION
from nlptasks.records.schema import Sample

Array = NDArray[np.float64]

#: Systems that decide which samples are hard, the best ones: what only weak systems get wrong is not.
JUDGES = 8

#: Samples of a data set, systems beside each other, and characters of a text and of a prediction that a board holds.
SAMPLES, SYSTEMS, TEXT, ANSWERED = 24, 24, 1_200, 400


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPrediction:
    """What a system predicted.

    Args:
        system: The system.
        text: Its prediction; ``None``: it gave none.
        value: Mean value of the metrics on this sample alone, from 0 to 1, where it has one.
        right: Whether the prediction is right, where the metric only knows right and wrong.
        score: Probability that it gave the prediction.
        flags: What is noted about it.
    """

    system: str
    text: str | None
    value: float | None
    right: bool | None
    score: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hard:
    """A sample with its predictions.

    Args:
        id: Its id.
        inputs: The task's inputs by name.
        gold: The gold one.
        meta: Further columns of the data that records keep, such as the prompt or the window of a sample.
        value: Mean over the systems of the value that each has on it.
        kind: ``all wrong``, ``some wrong``, ``sure and wrong`` (by a system that gave its wrong prediction a
            probability of 0.9 or more), or empty where the metric does not know right and wrong.
        predictions: The predictions, in the order of the ranking.
    """

    id: str
    inputs: Mapping[str, str]
    gold: str
    value: float | None
    kind: str
    predictions: tuple[ShownPrediction, ...]
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Errors:
    """The hardest samples of a data set.

    Args:
        samples: The samples, the hardest first.
        others: How many samples are left out.
        systems: How many systems are left out.
    """

    samples: tuple[Hard, ...] = ()
    others: int = 0
    systems: int = 0


def hardest(systems: Sequence[BoardSystem], metrics: Mapping[str, OpenMetric], primary: str) -> Errors:
    """Find the samples on which the best systems do worst; of equally hard ones, those that they disagree about.

    Args:
        systems: The systems in the order of the ranking; the first run of each counts.
        metrics: The metrics of the data set that are installed.
        primary: Name of the one that ranks; where it knows right and wrong only, it decides alone. Labels are right or
            wrong by any metric.
    """
    with_samples = [system for system in systems if system.first.samples]
    if not with_samples:
        return Errors()
    labels = bool(with_samples[0].first.header.record.labels)
    alone = metrics[primary].metric.binary
    used = {} if labels else {primary: metrics[primary]} if alone else _shared(with_samples, metrics)
    values = np.stack([_values(system, used) for system in with_samples[:JUDGES]])
    # Rounded, so that the order of equally hard samples is that of the data on every machine.
    mean, spread = np.round(values.mean(axis=0), 9), np.round(values.std(axis=0), 9)
    order = np.lexsort((np.arange(len(mean)), -spread, mean))
    # What all of them get right teaches nothing.
    chosen = [int(row) for row in order[:SAMPLES] if mean[row] < 1]
    shown = with_samples[:SYSTEMS]
    of_chosen = np.stack([_values(system, used, chosen) for system in shown])
    return Errors(
        samples=tuple(_hard(row, shown, of_chosen[:, at], labels or alone) for at, row in enumerate(chosen)),
        others=len(mean) - len(chosen),
        systems=len(with_samples) - len(shown),
    )


def _shared(systems: Sequence[BoardSystem], metrics: Mapping[str, OpenMetric]) -> dict[str, OpenMetric]:
    """The metrics whose statistics mean the same for all systems: those of labels depend on the set of them."""
    found = {}
    for name, item in metrics.items():
        signatures = {getattr(system.first.header.record.scores.get(name), "signature", "") for system in systems}
        if len(signatures) == 1 and all(name in system.first.stats for system in systems):
            found[name] = item
    return found


def _values(system: BoardSystem, metrics: Mapping[str, OpenMetric], rows: Sequence[int] | None = None) -> Array:
    """Value of some samples (or all) alone, the mean over the metrics that have a range, from 0 (worst) to 1.

    A metric that counts nothing of a sample says nothing of it. Where none does, the prediction is the gold answer (1)
    or another (0).
    """
    at = np.arange(len(system.first.samples)) if rows is None else np.asarray(rows, dtype=np.int64)
    samples = (system.first.samples[row] for row in at)
    right = np.array([float((sample.prediction or "") == sample.gold) for sample in samples])
    stats = {name: matrix[at] for name, matrix in system.first.stats.items() if name in metrics}
    known = {name: each for name in stats if (each := _each(metrics[name], stats[name])) is not None}
    if not known:
        return right
    counted = np.stack([stats[name].any(axis=1) for name in known])
    total = np.where(counted, np.stack(list(known.values())), 0.0).sum(axis=0)
    mean: Array = np.where(counted.any(axis=0), np.clip(total / np.maximum(counted.sum(axis=0), 1), 0.0, 1.0), right)
    return mean


def _each(item: OpenMetric, matrix: Array) -> Array | None:
    low, high = item.spec.range
    if (
        item.reads != PREDICTION
        or hasattr(item.metric, "weighted")
        or not np.isfinite([low, high]).all()
        or low == high
    ):
        return None
    each: Array = np.nan_to_num((item.metric.score(matrix) - low) / (high - low))
    return each if item.spec.higher_is_better else 1 - each


def _hard(row: int, systems: Sequence[BoardSystem], values: Array, binary: bool) -> Hard:
    sample = systems[0].first.samples[row]
    predictions = [_answer(system, row, float(values[at]), binary) for at, system in enumerate(systems)]
    return Hard(
        id=one_visible_line(sample.id),
        inputs={one_visible_line(name): visible(text, TEXT) for name, text in sample.inputs.items()},
        gold=visible(sample.gold, ANSWERED),
        value=rounded(float(values.mean()), 4),
        kind=_kind(predictions) if binary else "",
        predictions=tuple(predictions),
        meta={one_visible_line(name): visible(text, ANSWERED) for name, text in sample.meta.items()},
    )


def _answer(system: BoardSystem, row: int, value: float, binary: bool) -> ShownPrediction:
    sample: Sample = system.first.samples[row]
    return ShownPrediction(
        system=one_visible_line(system.name),
        text=None if sample.prediction is None else visible(sample.prediction, ANSWERED),
        value=rounded(value, 4),
        right=value >= 0.5 if binary else None,
        score=rounded(sample.score, 4),
        flags=sample.flags,
    )


def _kind(predictions: Sequence[ShownPrediction]) -> str:
    wrong = [found for found in predictions if not found.right]
    if any(found.score is not None and found.score >= 0.9 for found in wrong):
        return "sure and wrong"
    return "all wrong" if len(wrong) == len(predictions) else "some wrong"
