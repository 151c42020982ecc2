"""Benchmarks as data: a suite is a YAML file that pins data sets and says how each is read, scored and cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Card", "Suite"]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A data set of a suite.

    Args:
        name: Its name in the suite.
        task: Name of the task.
        file: Its file, relative to the suite's own folder or to the data folder (see :class:`Suite`).
        sha256: SHA-256 of the file, in hexadecimal.
        split: Which part of the data set it is.
        source: Where it comes from, for people.
        revision: Its version at the source.
        licence: Its licence as the source states it.
        hub: Id of the data set on the Hub that holds ``file``; empty: none.
        columns: Columns of the file by the task's inputs, where their names do not tell.
        gold: Column of the gold answers; empty: by its name.
        id: Column of the samples' ids; empty: the rows' numbers.
        cluster: Column whose values tie samples together; empty: none.
        meta: Further columns to keep for slices.
        language: ISO 639-1 code of the language of the answers; empty: not said.
        options: Options of the head that the data set needs: ``{"to": "de"}``.
        head: Name of the head that the data set is for, where it is not the task's default; a user's ``--head`` comes
            before it.
        metrics: Names of the metrics; empty: the task's.
        primary: The one that ranks systems; empty: the task's.
        floor: Value of the trivial baseline on the primary metric; ``None``: not known.
        ceiling: The best value that can be reached; ``None``: the end of the metric's range.
        notes: What one must know of it, a sentence each.
    """

    name: str
    task: str
    file: str
    sha256: str
    split: str = ""
    source: str = ""
    revision: str = ""
    licence: str = ""
    hub: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    id: str = ""
    cluster: str = ""
    meta: tuple[str, ...] = ()
    language: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    head: str = ""
    metrics: tuple[str, ...] = ()
    primary: str = ""
    floor: float | None = None
    ceiling: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A named list of data sets.

    Args:
        name: Its name.
        summary: One line for listings.
        version: Changes with whatever changes a score.
        datasets: The data sets, in order.
        ships: Whether the files lie beside the suite; else they are looked for in the data folder
            (``--data-dir``, ``NLPTASKS_DATA``), then on the Hub.
        folder: Folder of the YAML file.
    """

    name: str
    summary: str
    version: str
    datasets: tuple[Card, ...]
    ships: bool
    folder: Path
