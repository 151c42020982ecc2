"""Lines up the records of one data set: the same samples in the same order, and the seeds of a system together."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlptasks._board.loading import Header, LeftOut, RecordGroup, damage, left_out
from nlptasks.errors import NlptasksError
from nlptasks.records.schema import Matrices, Sample
from nlptasks.records.store import read_record


@dataclass(frozen=True, kw_only=True)
class LoadedRecord:
    """One record with what is in it.

    Args:
        header: The record.
        samples: Its samples, in the order that all runs of the data set have.
        stats: Its matrices, in the same order.
    """

    header: Header
    samples: tuple[Sample, ...]
    stats: Matrices


@dataclass(frozen=True, kw_only=True)
class BoardSystem:
    """A system with its runs on one data set, one for each seed.

    Args:
        name: What it is called.
        runs: Its runs, by seed.
    """

    name: str
    runs: tuple[LoadedRecord, ...]

    @property
    def first(self) -> LoadedRecord:
        """The run that stands for it where only one can be shown."""
        return self.runs[0]


def open_group(group: RecordGroup, folder: Path, *, strict: bool = False) -> tuple[list[BoardSystem], list[LeftOut]]:
    """Read the samples and matrices of a group's ranked records.

    Args:
        group: The group.
        folder: The folder that was named, which errors must not show.
        strict: Whether a damaged record is an error; else it is listed.

    Returns:
        The systems, by name, and the records that do not fit with the others.

    Raises:
        NlptasksError: A record is damaged, and ``strict``.
    """
    runs: list[LoadedRecord] = []
    out: list[LeftOut] = []
    for header in group.ranked:
        try:
            with _without_collection():
                opened = read_record(header.folder)
        except NlptasksError as error:
            if strict:
                raise
            out.append(left_out(header, damage(error, folder)))
            continue
        runs.append(LoadedRecord(header=header, samples=opened.samples, stats=opened.stats))
    fitting, unfit = _aligned(runs)
    by_name = groupby(fitting, key=lambda run: run.header.record.model.name)
    return [BoardSystem(name=name, runs=tuple(sorted(of, key=_seed))) for name, of in by_name], out + unfit


@contextmanager
def _without_collection() -> Iterator[None]:
    """Python looks for cycles after every few hundred new objects, and samples, which are many, have none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _seed(run: LoadedRecord) -> tuple[int, str]:
    seed = run.header.record.run.seed
    return -1 if seed is None else seed, run.header.path


def _aligned(runs: Sequence[LoadedRecord]) -> tuple[list[LoadedRecord], list[LeftOut]]:
    """The runs in the order of ids that most of them have; a run with other ids cannot be paired."""
    with_samples = [run for run in runs if run.samples]
    if not with_samples:
        return list(runs), []  # imported numbers only
    orders = [tuple(sample.id for sample in run.samples) for run in with_samples]
    common = min(set(orders), key=lambda order: (-orders.count(order), order))
    fitting: list[LoadedRecord] = []
    out: list[LeftOut] = []
    for run in runs:
        order = tuple(sample.id for sample in run.samples)
        if order == common or not run.samples:
            fitting.append(run)
        elif len(set(order)) == len(order) and set(order) == set(common):
            fitting.append(_sorted(run, order, common))
        else:
            out.append(left_out(run.header, f"not comparable: {ids_differ(order, common)}"))
    return fitting, out


def ids_differ(order: Sequence[str], common: Sequence[str]) -> str:
    """How the ids of a record differ from those that most records of the data have, in words."""
    missing, extra = set(common) - set(order), set(order) - set(common)
    parts = [f"{len(missing)} ids are missing ({_some(missing)})"] if missing else []
    parts += [f"{len(extra)} ids are in no other record ({_some(extra)})"] if extra else []
    if not parts:
        parts = ["ids occur twice" if len(order) != len(common) else "the ids are in another order"]
    return "; ".join(parts)


def _some(ids: set[str]) -> str:
    shown = ", ".join(sorted(ids)[:3])
    return shown if len(ids) <= 3 else f"{shown}, ..."


def _sorted(run: LoadedRecord, order: Sequence[str], common: Sequence[str]) -> LoadedRecord:
    place = {id_: at for at, id_ in enumerate(order)}
    rows: NDArray[np.int64] = np.array([place[id_] for id_ in common], dtype=np.int64)
    stats = {name: matrix[rows] for name, matrix in run.stats.items()}
    return LoadedRecord(header=run.header, samples=tuple(run.samples[row] for row in rows), stats=stats)
