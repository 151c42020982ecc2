"""By what a run is known again: all that decides what is predicted for which row, by content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from nlptasks._running import facts, provenance
from nlptasks._settings.groups import RowChoice, TableSource
from nlptasks._systems.session import Session
from nlptasks._systems.system import ChosenHead, LoadedSystem, System
from nlptasks._tables.opening import OpenedTable
from nlptasks._tables.opening import digest_of as digest_of_tables
from nlptasks.files.paths import Input, sha256_of

_PIECE = 1 << 20


def run_key(
    session: Session,
    system: System,
    loaded: LoadedSystem,
    source: TableSource,
    opened: OpenedTable,
    rows: RowChoice,
) -> dict[str, Any]:
    """The key of a run.

    Args:
        session: What is installed.
        system: The system.
        loaded: The same in memory.
        source: How the table is read.
        opened: The table.
        rows: Which of its rows are read.
    """
    return {
        "input": {
            "sha256": _digest(session, source, opened),
            "format": source.format,
            **_reading(source),
            **_taken(rows),
        },
        **system_key(session, system, loaded, source),
    }


def system_key(session: Session, system: System, loaded: LoadedSystem, source: TableSource) -> dict[str, Any]:
    """The part of the key that is the system's, and not the input's but for the plugin that reads it."""
    encoder = loaded.encoder
    return {
        "tasks": {item.task.name: _of_head(session, system, item, loaded, source) for item in system.heads},
        "backbone": {
            "digest": getattr(encoder, "digest", ""),
            "options": provenance.plain_options(system.context.options),
            "precision": str(getattr(encoder, "precision", "")),
            "runtime": str(getattr(encoder, "runtime", "")),
            "device": str(getattr(encoder, "device", "")),
        },
        "versions": facts.versions(),
    }


def _digest(session: Session, source: TableSource, opened: OpenedTable) -> str:
    file = opened.file
    return digest_of(file) if file is not None else digest_of_tables(session.registry, source)


def _taken(rows: RowChoice) -> Mapping[str, Any]:
    """Which rows are read, where not all are; which columns are written decides no prediction."""
    found = {"limit": rows.limit, "sample": rows.sample, "seed": rows.seed if rows.sample else 0}
    return {name: value for name, value in found.items() if value}


def digest_of(opened: Input) -> str:
    """SHA-256 of the stored bytes of an open file; where the file is read stays as it is."""
    if not hasattr(os, "pread"):  # on Windows
        return sha256_of(Path(opened.name))
    descriptor, digest, at = opened.raw.fileno(), hashlib.sha256(), 0
    while piece := os.pread(descriptor, _PIECE, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def _reading(source: TableSource) -> Mapping[str, Any]:
    """How the table is read, without what is left to its default."""
    reading = source.reading
    default = asdict(type(reading)())
    found = {name: value for name, value in asdict(reading).items() if value != default[name] and name != "own"}
    columns = dict(source.columns)
    return {**found, **({"gold": source.gold} if source.gold else {}), **({"columns": columns} if columns else {})}


def _of_head(
    session: Session, system: System, item: ChosenHead, loaded: LoadedSystem, source: TableSource
) -> Mapping[str, Any]:
    alone = replace(system, heads=(item,))
    return {
        "head": item.head.qualified,
        "weights": facts.weights_of(item, loaded.encoder),
        "options": provenance.plain_options(item.options),
        "plugins": provenance.plugins(session.registry, alone, source, ()),
        "files": provenance.files(alone),
    }
