"""The rows and small tables of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlptasks._board.columns import facts_of
from nlptasks._board.loading import Header
from nlptasks._board.systems import BoardSystem
from nlptasks._board.text import one_visible_line, rounded
from nlptasks.records.canonical import Json
from nlptasks.records.schema import Machine, Record, Result

#: Values of a slice that are shown, those with the most samples.
_VALUES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Placing:
    """Where a system stands in a table.

    Args:
        position: Its place in the order of the scores, from 1; ``None``: it is not ranked.
        rank: 95 % interval of its rank.
        score: What ranks it; ``None``: it has none.
        low: Lower end of the score's 95 % interval.
        high: Upper end.
    """

    position: int | None = None
    rank: tuple[int, int] | None = None
    score: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemRow:
    """A system on a data set.

    Args:
        system: What it is called.
        place: Where it stands, by the metric that ranks; its score is the mean over its seeds.
        n: Samples.
        seeds: How many runs with different seeds it is the mean of.
        seed_sd: Standard deviation between them.
        metrics: Value of every metric by its name, the mean over the seeds.
        trust: How far it may be believed.
        checked: Rows that were predicted again, of :attr:`n`, as is attested; 0: none.
        undetected: Largest proportion of edited rows that this may have missed; ``None``: it was not done.
        missing: Proportion of samples without a prediction.
        parameters: Weights; 0: not known.
        dtype: Their number type.
        head: The head.
        backbone: The backbone.
        rows_per_second: Speed; 0: not known.
        machine: On what that was.
        truncated: Proportion of samples whose prediction was cut off.
        licence: Licence of the system, as its submitter says.
        training: What it had seen of the data set's training rows, as its submitter says.
        date: The day of the first of its records; empty: not known.
        seconds: Seconds for 1,000 rows; ``None``: not known.
        reason: Why it is not ranked.
        records: The folders of its records.
        facts: What further columns show of it, by their names; see :mod:`nlptasks._board.columns`.
    """

    system: str
    place: Placing = field(default_factory=Placing)
    n: int = 0
    seeds: int = 1
    seed_sd: float | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    trust: str = "V1"
    checked: int = 0
    undetected: float | None = None
    missing: float = 0.0
    parameters: int = 0
    dtype: str = ""
    head: str = ""
    backbone: str = ""
    rows_per_second: float = 0.0
    machine: str = ""
    truncated: float = 0.0
    licence: str = ""
    training: str = "unknown"
    date: str = ""
    seconds: float | None = None
    reason: str = ""
    records: tuple[str, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceScore:
    """The score on a part of the data: the value with its interval, and the samples."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceTable:
    """The scores of systems on the parts of the data.

    Args:
        name: What the data were cut by.
        values: The parts.
        rows: For each system its part of each value, ``None`` where its record has none.
        others: Parts that are not shown.
    """

    name: str
    values: tuple[str, ...]
    rows: Mapping[str, tuple[SliceScore | None, ...]]
    others: int = 0


def row_of(
    system: BoardSystem,
    primary: str,
    *,
    position: int,
    rank: tuple[int, int],
    score: float,
    draws: NDArray[np.float64],
) -> SystemRow:
    """The row of a ranked system.

    Args:
        system: The system.
        primary: The metric that ranks.
        position: Its place.
        rank: Its rank interval.
        score: Its score.
        draws: Its score by resample, from which the interval of a mean over seeds is made.
    """
    records = [run.header.record for run in system.runs]
    found = [record.scores[primary] for record in records]
    seeds = [item.value for item in found if item.value is not None]
    low, high = found[0].low, found[0].high
    spread = None
    if len(found) > 1:
        if all(item.low is not None for item in found):
            low, high = np.percentile(draws, [2.5, 97.5])
        spread = float(np.std(seeds, ddof=1))
    return _row(
        [run.header for run in system.runs],
        Placing(position=position, rank=rank, score=rounded(score), low=rounded(low), high=rounded(high)),
        n=found[0].n,
        seed_sd=rounded(spread),
    )


def shown_row(header: Header, primary: str, reason: str) -> SystemRow:
    """The row of a record that is shown and not ranked."""
    result = header.record.scores.get(primary) or Result(value=None, n=0, signature="")
    return _row(
        [header],
        Placing(score=rounded(result.value), low=rounded(result.low), high=rounded(result.high)),
        n=result.n,
        reason=one_visible_line(reason, 600),
    )


def _row(headers: Sequence[Header], place: Placing, **more: object) -> SystemRow:
    records = [header.record for header in headers]
    first, least = records[0], min(headers, key=lambda header: (header.trust, header.checked))
    names = dict.fromkeys(name for record in records for name in record.scores)
    samples, card = sum(record.dataset.n for record in records), headers[0].card
    cut, missing = (sum(record.flags.get(flag, 0) for record in records) for flag in ("truncated_output", "missing"))
    values: dict[str, object] = {
        "system": one_visible_line(first.model.name) or "(no name)",
        "place": place,
        "seeds": len(records),
        "metrics": {one_visible_line(name): _mean(records, name) for name in sorted(names)},
        "trust": least.trust,
        "checked": least.checked,
        "undetected": rounded(least.attestation.undetected, 4) if least.attestation else None,
        "missing": rounded(missing / samples if samples else 0.0, 4) or 0.0,
        "parameters": first.model.parameters,
        "dtype": one_visible_line(first.model.dtype),
        "head": one_visible_line(first.model.head),
        "backbone": one_visible_line(first.model.backbone),
        "rows_per_second": rounded(first.cost.rows_per_second, 2) or 0.0,
        "machine": machine(first.machine),
        "truncated": rounded(cut / samples if samples else 0.0, 4) or 0.0,
        "licence": one_visible_line(card.licence),
        "training": card.training,
        "date": min((header.card.date for header in headers if header.card.date), default=""),
        "seconds": rounded(1000 / first.cost.rows_per_second, 2) if first.cost.rows_per_second > 0 else None,
        "records": tuple(one_visible_line(path) for path in (header.path for header in headers)),
        "facts": {
            name: one_visible_line(value) if isinstance(value, str) else value
            for name, value in facts_of(records).items()
        },
    }
    return SystemRow(**(values | more))  # type: ignore[arg-type]


def _mean(records: Sequence[Record], name: str) -> float | None:
    found = [record.scores[name].value for record in records if name in record.scores]
    known = [value for value in found if value is not None]
    return rounded(float(np.mean(known))) if known and len(known) == len(records) else None


def machine(where: Machine) -> str:
    """A machine in a line; empty where nothing is known of it."""
    parts = [
        where.gpu,
        where.cpu,
        f"{where.cores} cores" if where.cores else "",
        f"{where.ram_gib:.0f} GiB" if where.ram_gib else "",
        where.platform,
        f"Python {where.python}" if where.python else "",
    ]
    return one_visible_line(", ".join(part for part in parts if part))


def slice_tables(systems: Sequence[BoardSystem], primary: str) -> tuple[SliceTable, ...]:
    """The slices that records hold, by the metric that ranks."""
    records = {system.name: system.first.header.record for system in systems}
    names = sorted({name for record in records.values() for name in record.slices})
    return tuple(table for name in names if (table := _slice(records, name, primary)).values)


def _slice(records: Mapping[str, Record], name: str, primary: str) -> SliceTable:
    sizes: dict[str, int] = {}
    for record in records.values():
        for value, results in record.slices.get(name, {}).items():
            if primary in results:
                sizes[value] = max(sizes.get(value, 0), results[primary].n)
    kept = sorted(sorted(sizes, key=lambda value: (-sizes[value], value))[:_VALUES])
    return SliceTable(
        name=one_visible_line(name),
        values=tuple(one_visible_line(value) or "(empty)" for value in kept),
        rows={
            one_visible_line(system): tuple(
                _part(record.slices.get(name, {}).get(value, {}).get(primary)) for value in kept
            )
            for system, record in records.items()
        },
        others=len(sizes) - len(kept),
    )


def _part(result: Result | None) -> SliceScore | None:
    if result is None:
        return None
    return SliceScore(value=rounded(result.value), low=rounded(result.low), high=rounded(result.high), n=result.n)
