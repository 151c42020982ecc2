"""The settings of the core, in groups that commands share.

Each setting is a field of one frozen dataclass. Whoever needs it takes the group; nobody writes its fields again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nlptasks.plugin.protocols import FormatOptions


@dataclass(frozen=True, kw_only=True)
class TableSource:
    """A table that is read.

    Args:
        data: A file, or ``-`` for standard input.
        format: Name of its format; empty: by suffix, and CSV where there is none.
        columns: Columns that the user named, or templates over columns, by the tasks' inputs.
        gold: Gold column that the user named; empty: by its name.
        label_map: Labels by what the gold cells call them; see :func:`nlptasks._tables.gold.parse_label_map`.
        id: Column of ids; empty: ``id``, or the rows' numbers.
        reading: How to read the table.
        skip_bad_rows: Whether rows that cannot be read are left out, and counted.
    """

    data: str
    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    label_map: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False


@dataclass(frozen=True, kw_only=True)
class TableTarget:
    """A table that is written.

    Args:
        output: A file, ``-`` for JSON Lines on standard output, or empty: a name made from the data's.
        output_format: Name of its format; empty: by suffix.
        force: Whether an output that exists is replaced.
    """

    output: str = ""
    output_format: str = ""
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class SystemChoice:
    """Which head on which backbone, and where it runs.

    Args:
        heads: By task, the name of a head or the folder of a trained one.
        backbone: Name of a backbone, a folder, or a reference; empty: the one that fits the head.
        options: Options of heads and backbone; those of one task alone under ``TASK.option``.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        dtype: See the same.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    backbone: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    device: str = "auto"
    dtype: str = "auto"


@dataclass(frozen=True, kw_only=True)
class RecordTarget:
    """A record that is written.

    Args:
        output: Its folder; empty: below ``results``.
        name: What boards call the system; empty: its backbone and its head.
        force: Whether another record that lies there is replaced.
        restart: Whether a journal that another evaluation left is thrown away.
        withhold_texts: Whether the texts of the data are kept out of the record.
    """

    output: str = ""
    name: str = ""
    force: bool = False
    restart: bool = False
    withhold_texts: bool = False


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is scored, and how.

    Args:
        metrics: Names of further metrics; they are added to the task's.
        slices: What to score apart; see :mod:`nlptasks._scoring.slices`.
        cluster: Column whose values tie rows together; intervals respect it.
        language: ISO 639-1 code of the language of the predictions.
        limit: Most rows; 0: all.
        seeds: Seeds, a record each; none: the head's own.
    """

    metrics: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    cluster: str = ""
    language: str = ""
    limit: int = 0
    seeds: tuple[int, ...] = ()
