"""One data set of a task: its systems ranked, tested in pairs, with slices, cost and the hardest samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlptasks._board import ranking
from nlptasks._board.hardest import Errors, hardest
from nlptasks._board.loading import Header, LeftOut, RecordGroup, left_out
from nlptasks._board.ranking import PairTable, RankedSystem
from nlptasks._board.rows import SliceTable, SystemRow, row_of, shown_row, slice_tables
from nlptasks._board.systems import BoardSystem, open_group
from nlptasks._board.text import one_visible_line, rounded
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.metrics import OpenMetric, open_metrics
from nlptasks._scoring.pinned import PinnedData
from nlptasks._scoring.results import by_id, clusters_of
from nlptasks.errors import PluginError
from nlptasks.records.schema import Dataset, Result
from nlptasks.statistics.ranking import Contest, apart, rank_intervals, tie_lines
from nlptasks.statistics.resampling import RESAMPLES, SEED, value

Array = NDArray[np.float64]

#: How far a value may be from what its statistics give.
EXACT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A task on a data set.

    Args:
        id: What links call it.
        task: The task.
        dataset: The data set as the first of its records has it; its floor is that of the records where it has none.
        version: Its version, as a suite has it; empty: none says.
        retired: Whether that is retired, so that it counts in no total.
        metric: The metric that ranks.
        signature: Its signature.
        higher_is_better: Whether a larger value is the better one.
        scale: Lowest and highest value.
        detectable: Smallest difference of the two best systems that would be found with 80 % power after the correction
            for all pairs; ``None``: there are no two, or no difference would be found.
        rows: The systems: the ranked ones in order, then those that are shown without a rank.
        ties: First and last position of each tie line, from 1.
        pairs: The comparison of the best systems with each other.
        slices: Scores on parts of the data.
        errors: The hardest samples.
    """

    id: str
    task: str
    dataset: Dataset
    version: str = ""
    retired: bool = False
    metric: str
    signature: str
    higher_is_better: bool = True
    scale: tuple[float | None, float | None] = (0.0, 1.0)
    detectable: float | None = None
    rows: tuple[SystemRow, ...] = ()
    ties: tuple[tuple[int, int], ...] = ()
    pairs: PairTable | None = None
    slices: tuple[SliceTable, ...] = ()
    errors: Errors = field(default_factory=Errors)

    @property
    def ranked(self) -> tuple[SystemRow, ...]:
        """The systems that have a rank, in order."""
        return tuple(row for row in self.rows if row.place.position is not None)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A panel with what the task's standing needs beside it.

    Args:
        panel: The panel.
        contest: The scores of its ranked systems, on the data and on resamples; ``None`` where none is ranked.
        headers: The records that are on it.
    """

    panel: Panel
    contest: Contest | None
    headers: tuple[Header, ...]


def make_panel(
    registry: Registry,
    group: RecordGroup,
    folder: Path,
    *,
    name: str,
    pinned: PinnedData | None = None,
    strict: bool = False,
) -> tuple[Made | None, list[LeftOut]]:
    """Make the panel of a group.

    Args:
        registry: What is installed.
        group: The comparable records of a task on a data set.
        folder: The folder that was named.
        name: What links call the panel.
        pinned: The data that inputs and gold answers are held against.
        strict: Whether a damaged record is an error.

    Returns:
        The panel, ``None`` where no record of the group can be shown, and the records that are left out.

    Raises:
        NlptasksError: A record is damaged, and ``strict``.
    """
    systems, out = open_group(registry, group, folder, pinned=pinned, strict=strict)
    names = {name: None for system in systems for run in system.runs for name in run.header.record.scores}
    dataset = group.first.dataset
    metrics = open_metrics(registry, names, labels=group.first.labels, language=dataset.language, task=group.first.task)
    primary = metrics.get(group.first.primary)
    systems, shown, unfit = _rankable(systems, group.first.primary, primary)
    out += unfit
    shown = [*shown, *group.shown]
    if not systems and not shown:
        return None, out
    panel, contest = _ranked(systems, shown, metrics, group, name)
    headers = tuple(run.header for system in systems for run in system.runs)
    return Made(panel=panel, contest=contest, headers=(*headers, *(header for header, _ in shown))), out


def _rankable(
    systems: Sequence[BoardSystem], name: str, metric: OpenMetric | None
) -> tuple[list[BoardSystem], list[tuple[Header, str]], list[LeftOut]]:
    """The systems that have what ranks are made of; others are shown with the reason, or left out."""
    ranked: list[BoardSystem] = []
    shown: list[tuple[Header, str]] = []
    out: list[LeftOut] = []
    for system in systems:
        runs = []
        for run in system.runs:
            record = run.header.record
            result = record.scores.get(name)
            if result is None or result.value is None:
                shown.append((run.header, f"it has no value of {name}"))
            elif metric is None and record.digests:  # an imported number is a number, whatever its metric is
                shown.append((run.header, f"the metric {name} is not installed here"))
            elif name not in run.stats and record.digests:
                shown.append((run.header, f"it has no statistics of {name}"))
            elif (
                metric is not None and name in run.stats and (reason := altered(metric, name, result, run.stats[name]))
            ):
                out.append(left_out(run.header, reason))
            else:
                runs.append(run)
        if runs:
            ranked.append(BoardSystem(name=system.name, runs=tuple(runs)))
    return ranked, shown, out


def altered(metric: OpenMetric, name: str, result: Result, matrix: Array) -> str:
    """Why a value cannot be what its statistics give; empty where it is."""
    try:
        found = value(metric.metric, matrix)
    except PluginError as error:
        return f"its statistics of {name} are not what the metric here reads ({error.__cause__ or error})"
    if result.value is None or abs(found - result.value) <= EXACT * max(1.0, abs(found)):
        return ""
    return f"its {name} is {result.value:.6g}, but its statistics give {found:.6g}"


def _ranked(
    systems: Sequence[BoardSystem],
    shown: Sequence[tuple[Header, str]],
    metrics: Mapping[str, OpenMetric],
    group: RecordGroup,
    name: str,
) -> tuple[Panel, Contest | None]:
    first = group.first
    primary = first.primary
    results = {system.name: [run.header.record.scores[primary] for run in system.runs] for system in systems}
    points = {of: float(np.mean([item.value for item in found])) for of, found in results.items()}
    result = next((found[0] for found in results.values()), first.scores.get(primary)) or Result(
        value=None, n=0, signature=""
    )
    sign = 1.0 if result.higher_is_better else -1.0
    order = sorted(systems, key=lambda system: (-round(sign * points[system.name], 10), system.name))
    drawn = _drawn(order, metrics, group)
    contest = _contest(order, group, points, result, name, _draws(order, drawn, primary, points)) if order else None
    rows: list[SystemRow] = []
    ties: list[tuple[int, int]] = []
    pairs = None
    if contest is not None:
        found = rank_intervals([_linear(contest)], over_datasets=False)
        ranks = {item.system: (item.low, item.high) for item in found}
        rows = [
            row_of(
                system,
                primary,
                position=at,
                rank=ranks[system.name],
                score=points[system.name],
                draws=contest.draws[system.name],
            )
            for at, system in enumerate(order, 1)
        ]
        pairs, separate = _pairs(order, metrics, primary, contest, drawn, _clusters(order, first.dataset.cluster))
        ties = tie_lines(separate)
    panel = Panel(
        id=name,
        task=one_visible_line(first.task),
        dataset=_shown(first.dataset, contest.floor if contest else first.dataset.floor),
        version=one_visible_line(group.version),
        retired=group.retired,
        metric=one_visible_line(primary),
        signature=one_visible_line(result.signature, 400),
        higher_is_better=result.higher_is_better,
        scale=result.scale,
        detectable=pairs.detectable[0][1] if pairs else None,
        rows=(*rows, *(shown_row(header, primary, reason) for header, reason in shown)),
        ties=tuple((start + 1, end + 1) for start, end in ties),
        pairs=pairs,
        slices=slice_tables(order, primary),
        errors=hardest(order, metrics, primary) if primary in metrics else Errors(),
    )
    return panel, contest


def _shown(dataset: Dataset, floor: float | None) -> Dataset:
    """A data set as a board keeps it."""
    known = {name: one_visible_line(value) for name, value in asdict(dataset).items() if isinstance(value, str)}
    return Dataset(n=dataset.n, floor=rounded(floor), ceiling=rounded(dataset.ceiling), **known)


def _contest(
    systems: Sequence[BoardSystem],
    group: RecordGroup,
    points: Mapping[str, float],
    result: Result,
    name: str,
    draws: Mapping[str, Array],
) -> Contest:
    """What the ranks are made of; the end of the metric's range is the ceiling where the data set names none."""
    dataset, primary = group.first.dataset, group.first.primary
    floors = [run.header.record.scores[primary].baseline for system in systems for run in system.runs]
    end = result.scale[1] if result.higher_is_better else result.scale[0]
    return Contest(
        name=name,
        values={name: round(point, 10) for name, point in points.items()},
        draws=draws,
        higher_is_better=result.higher_is_better,
        floor=dataset.floor if dataset.floor is not None else next((one for one in floors if one is not None), None),
        ceiling=dataset.ceiling if dataset.ceiling is not None else end,
    )


def _entry(system: BoardSystem, primary: str) -> RankedSystem | None:
    """A system with its matrices, rows in the order of ids; ``None`` where it is an imported number."""
    if any(primary not in run.stats for run in system.runs):
        return None
    return RankedSystem(name=system.name, matrices=tuple(run.stats[primary][by_id(run.samples)] for run in system.runs))


def _drawn(systems: Sequence[BoardSystem], metrics: Mapping[str, OpenMetric], group: RecordGroup) -> dict[str, Array]:
    """Score by resample of each system that has statistics."""
    primary, cluster = group.first.primary, group.first.dataset.cluster
    entries = [entry for system in systems if (entry := _entry(system, primary))]
    if not entries:
        return {}
    drawn = ranking.resampled(metrics[primary].metric, entries, _clusters(systems, cluster))
    return {entry.name: row for entry, row in zip(entries, drawn, strict=True)}


def _draws(
    systems: Sequence[BoardSystem], drawn: Mapping[str, Array], primary: str, points: Mapping[str, float]
) -> dict[str, Array]:
    """Score by resample of every system, as ranks are made of it."""
    generator = np.random.default_rng(SEED)
    return {
        system.name: ranking.rankable(drawn[system.name][None])[0]
        if system.name in drawn
        else _imported(system, primary, points[system.name], generator)
        for system in systems
    }


def _clusters(systems: Sequence[BoardSystem], cluster: str) -> list[str] | None:
    """What each sample belongs to, in the order of ids."""
    samples = next((system.first.samples for system in systems if system.first.samples), ())
    return clusters_of([samples[at] for at in by_id(samples)], cluster)


def _imported(system: BoardSystem, primary: str, point: float, generator: np.random.Generator) -> Array:
    """Draws for a number without statistics: normal by its interval, and independent of the others."""
    result = system.first.header.record.scores[primary]
    wide = 0.0 if result.low is None or result.high is None else (result.high - result.low) / (2 * 1.96)
    drawn: Array = np.round(point + max(wide, 0.0) * generator.standard_normal(RESAMPLES), 10)
    return drawn


def _linear(contest: Contest) -> Contest:
    """A contest whose joined scores are the scores themselves, turned so that larger ones are better."""
    return replace(contest, floor=0.0, ceiling=1.0 if contest.higher_is_better else -1.0)


def _pairs(
    systems: Sequence[BoardSystem],
    metrics: Mapping[str, OpenMetric],
    primary: str,
    contest: Contest,
    drawn: Mapping[str, Array],
    clusters: Sequence[str] | None,
) -> tuple[PairTable | None, NDArray[np.bool_]]:
    """The comparison of the best systems, and which systems can be told apart at all.

    Tested pairs are told apart by their corrected p-value, the others by what the resamples say.
    """
    separate = apart([_linear(contest)], [system.name for system in systems], over_datasets=False)
    entries = [(at, entry) for at, system in enumerate(systems) if (entry := _entry(system, primary))]
    tested = entries[: ranking.TESTED]
    if len(tested) < 2:
        return None, separate
    table, told_apart = ranking.pairs(
        metrics[primary].metric,
        [entry for _, entry in tested],
        np.stack([drawn[entry.name] for _, entry in tested]),
        clusters=clusters,
        higher_is_better=contest.higher_is_better,
        others=len(systems) - len(tested),
    )
    at = np.array([place for place, _ in tested])
    separate[np.ix_(at, at)] = told_apart
    return table, separate
