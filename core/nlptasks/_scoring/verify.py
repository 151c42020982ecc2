"""Checks that a record's numbers follow from its samples, and these from the data: what trust level V1 says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

import numpy as np

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import open_metric
from nlptasks._scoring.pinned import PinnedData
from nlptasks._scoring.rescore import TOLERANCE, rescore, same
from nlptasks._scoring.results import base_signature, clusters_of, interval_method
from nlptasks._scoring.score import Scored, baselines_of
from nlptasks._scoring.slices import LENGTH, slices
from nlptasks.plugin import TaskSpec
from nlptasks.records.schema import FLAGS, Matrices, Record, Result, Trust
from nlptasks.records.store import StoredRecord
from nlptasks.statistics.resampling import value


def level_here(record: Record) -> Trust:
    """The level that a record without mismatches has by what is computed here: V1 where it can be scored, else V0.

    It cannot where it holds no samples, or where a hash stands for each text.
    """
    return "V1" if record.digests and (record.labels or not record.withheld) else "V0"


def verify_scores(opened: StoredRecord, registry: Registry, pinned: PinnedData | None = None) -> list[str]:
    """Score the samples of a record anew, and compare it with what they give, field by field.

    The digests and the id are compared when a record is read (see :func:`nlptasks.records.store.read_record`).

    Args:
        opened: The record.
        registry: What is installed.
        pinned: The data that its inputs and gold answers are held against; ``None``: they are taken as they are.

    Returns:
        A line for each field that does not hold; none: the record is at :func:`level_here`.
    """
    told = pinned if opened.samples or opened.record.dataset.sha256 else None
    foreign = list(told.complaints(opened.record, opened.samples)) if told else []
    if not opened.samples:
        return foreign
    if opened.record.withheld and not opened.record.labels:
        return [*foreign, *_counts(opened), *_values(opened, registry)]
    _, scored = rescore(opened, registry)
    return [
        *foreign,
        *_counts(opened),
        *_matrices(opened.stats, scored.stats),
        *_scores("scores", opened.record.scores, scored.scores),
        *_baselines(opened, registry, scored, pinned),
        *_slices(opened, scored),
    ]


def _baselines(opened: StoredRecord, registry: Registry, scored: Scored, pinned: PinnedData | None) -> Iterator[str]:
    """The trivial baseline's values, where the samples have the inputs that it needs."""
    record, samples = opened.record, opened.samples
    if record.withheld and pinned is not None and pinned.samples(record) is not None:
        samples = pinned.restored(record, samples)
    tasks = [item.spec for item in registry.all(TaskSpec) if item.spec.name == record.task]
    found = baselines_of(tasks[0], scored.metrics, samples) if tasks else {}
    for name, old in record.scores.items():
        here = found.get(name)
        if old.baseline is not None and here is not None and not same(old.baseline, here):
            yield f"scores.{name}.baseline: it says {old.baseline}, and the task's baseline reaches {here}"


def _values(opened: StoredRecord, registry: Registry) -> Iterator[str]:
    """What can be told where the texts are withheld: whether the values follow from the matrices."""
    record = opened.record
    for name, said in record.scores.items():
        if name not in opened.stats:
            yield f"stats.{name}: there is no matrix"
            continue
        item = open_metric(registry, name, labels=record.labels, language=record.dataset.language, task=record.task)
        found = value(item.metric, opened.stats[name])
        if not same(said.value, found if math.isfinite(found) else None):
            yield f"scores.{name}.value: it says {said.value}, and its matrix gives {found}"


def _counts(opened: StoredRecord) -> Iterator[str]:
    record, samples = opened.record, opened.samples
    if record.dataset.n != len(samples):
        yield f"dataset.n: it says {record.dataset.n:,}, and it holds {len(samples):,} samples"
    if record.primary not in record.scores:
        yield f"primary: it says {record.primary!r}, which is not among its scores"
    counted = Counter(flag for sample in samples for flag in sample.flags)
    for flag in dict.fromkeys((*FLAGS, *record.flags, *counted)):
        if record.flags.get(flag, 0) != counted[flag]:
            yield f"flags.{flag}: it says {record.flags.get(flag, 0):,}, and {counted[flag]:,} samples have it"


def _matrices(said: Matrices, found: Matrices) -> Iterator[str]:
    for name in sorted({*said, *found}):
        if name not in found:
            continue  # its score is told about
        if name not in said:
            yield f"stats.{name}: there is no matrix"
        elif said[name].shape != found[name].shape:
            yield f"stats.{name}: it has the shape {said[name].shape}, and its samples give {found[name].shape}"
        else:
            yield from _rows(name, said[name] - found[name])


def _rows(name: str, difference: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Iterator[str]:
    wrong = np.flatnonzero(~(np.abs(difference) <= TOLERANCE).all(axis=1))
    if len(wrong):
        more = f" and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        yield f"stats.{name}: row {wrong[0] + 1}{more} is not what the sample gives"


def _scores(place: str, said: Mapping[str, Result], found: Mapping[str, Result]) -> Iterator[str]:
    for name, old in said.items():
        new = found.get(name)
        if new is None:
            yield f"{place}.{name}: the metric is not installed, or can read no sample"
        elif old.signature != new.signature and base_signature(old.signature) == base_signature(new.signature):
            yield (
                f"{place}.{name}: its interval was made otherwise ({_method(old)}) than the installed metric makes it "
                f"({_method(new)}); 'nlptasks rescore RECORD --output RECORD --force' makes it anew"
            )
            of_interval = {name: getattr(old, name) for name in ("signature", "low", "high", "detectable")}
            yield from _fields(f"{place}.{name}", old, replace(new, **of_interval))
        elif old.signature != new.signature:
            yield f"{place}.{name}.signature: it says {old.signature}, and the installed metric is {new.signature}"
        else:
            yield from _fields(f"{place}.{name}", old, new)


def _method(result: Result) -> str:
    """How an interval was made, as the end of a signature says it."""
    return interval_method(result.signature).removeprefix("|") or "no word of it"


def _fields(place: str, old: Result, new: Result) -> Iterator[str]:
    for item in fields(Result):
        left, right = getattr(old, item.name), getattr(new, item.name)
        if item.name != "baseline" and not _equal(left, right):
            yield f"{place}.{item.name}: it says {left}, and its samples give {right}"


def _equal(left: object, right: object) -> bool:
    numbers = (left, right)
    if all(number is None or (isinstance(number, float | int) and not isinstance(number, bool)) for number in numbers):
        return same(left, right)  # type: ignore[arg-type]
    return left == right


def _slices(opened: StoredRecord, scored: Scored) -> Iterator[str]:
    said = opened.record.slices
    if not said:
        return
    cluster = opened.record.dataset.cluster
    drawn_whole = any("|cluster:" in result.signature for _, result in _results(said))
    clusters = clusters_of(opened.samples, cluster) if drawn_whole else None
    by = tuple(name for name in said if not (opened.record.withheld and name == LENGTH))
    found = slices(opened.samples, scored.metrics, scored.stats, by, clusters=clusters)
    for name in by:
        parts = said[name]
        for part in dict.fromkeys((*parts, *found.get(name, {}))):
            if part not in parts or part not in found.get(name, {}):
                yield f"slices.{name}.{part}: its samples give other parts"
            else:
                yield from _scores(f"slices.{name}.{part}", parts[part], found[name][part])


def _results(slices: Mapping[str, Mapping[str, Mapping[str, Result]]]) -> Iterator[tuple[str, Result]]:
    for parts in slices.values():
        for results in parts.values():
            yield from results.items()
