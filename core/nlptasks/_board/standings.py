"""A task's data sets together: one ranking with intervals, in which a missing data set is never averaged away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlptasks._board.panels import Made, Panel
from nlptasks._board.rows import Placing
from nlptasks._board.text import one_visible_line, rounded
from nlptasks.statistics.intervals import ends
from nlptasks.statistics.ranking import Contest, How, aggregate, apart, rank_intervals, tie_lines

#: How the scores of several data sets become one, in words; the first that can be computed ranks.
NORMALISED = "mean of (score - trivial baseline) / (ceiling - trivial baseline)"
WINS = "mean proportion of the other systems that it beats, over resamples"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A system on all data sets of a task.

    Args:
        system: What it is called.
        place: Where it stands. The rank's interval is over resamples of samples and data sets, the score's over those
            of the samples. Where a data set is missing, the rank is from the best to the worst that could be there, and
            there is neither position nor score.
        borda: Mean proportion of the other systems that it beats by score.
        win: Mean proportion of them that it beats in a resample.
        scores: Its score on each data set, by panel; ``None`` where it has none.
        missing: Data sets that it has no score on.
        trust: The least trust of its records.
        parameters: Weights; 0: not known.
    """

    system: str
    place: Placing = field(default_factory=Placing)
    borda: float | None = None
    win: float | None = None
    scores: Mapping[str, float | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    trust: str = "V1"
    parameters: int = 0


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task on a board.

    Args:
        id: What links call it.
        name: The task.
        method: How the data sets are joined, in words; empty: there is one.
        standings: The systems; empty where there is one data set.
        ties: First and last position of each tie line, from 1.
        panels: Its data sets.
        retired: Data sets, and versions of them, that were and count no more.
    """

    id: str
    name: str
    method: str = ""
    standings: tuple[Standing, ...] = ()
    ties: tuple[tuple[int, int], ...] = ()
    panels: tuple[Panel, ...] = ()
    retired: tuple[Panel, ...] = ()

    @property
    def shown(self) -> tuple[Panel, ...]:
        """All of them, those that were behind those that are."""
        return (*self.panels, *self.retired)


def make_task(name: str, link: str, made: Sequence[Made]) -> Task:
    """Join the data sets of a task.

    Args:
        name: The task.
        link: What links call it.
        made: Its data sets.
    """
    panels = tuple(item.panel for item in made if not item.panel.retired)
    retired = tuple(item.panel for item in made if item.panel.retired)
    contests = {item.panel.id: item.contest for item in made if item.contest is not None and not item.panel.retired}
    shown = one_visible_line(name)
    if len(contests) < 2:
        return Task(id=link, name=shown, panels=panels, retired=retired)
    how: How = "normalised" if all(_has_unit(contest) for contest in contests.values()) else "win"
    standings = _standings(panels, list(contests.values()), how)
    order = [system for system, row in standings if row.place.position is not None]
    ties = tie_lines(apart(list(contests.values()), order, how=how)) if order else []
    return Task(
        id=link,
        name=shown,
        method=NORMALISED if how == "normalised" else WINS,
        standings=tuple(row for _, row in standings),
        ties=tuple((first + 1, last + 1) for first, last in ties),
        panels=panels,
        retired=retired,
    )


def _has_unit(contest: Contest) -> bool:
    """Whether scores can be told as proportions of the way from the trivial baseline to the ceiling."""
    floor, ceiling = contest.floor, contest.ceiling
    return floor is not None and ceiling is not None and math.isfinite(ceiling) and not math.isclose(floor, ceiling)


def _standings(panels: Sequence[Panel], contests: Sequence[Contest], how: How) -> list[tuple[str, Standing]]:
    """The systems with their names in the records, the best first."""
    borda, win = aggregate(contests, how="borda"), aggregate(contests, how="win")
    names = {panel.id: panel.dataset.name for panel in panels}
    found = []
    at = 0
    for item in rank_intervals(contests, how=how):
        at += item.value is not None
        shown = one_visible_line(item.system)
        rows = [row for panel in panels for row in panel.ranked if row.system == shown]
        low, high = _interval(contests, item.system) if how == "normalised" and not item.missing else (None, None)
        standing = Standing(
            system=shown,
            place=Placing(
                position=None if item.value is None else at,
                rank=(item.low, item.high),
                score=rounded(item.value),
                low=rounded(low),
                high=rounded(high),
            ),
            borda=rounded(borda[item.system]),
            win=rounded(win[item.system]),
            scores={contest.name: rounded(contest.values.get(item.system)) for contest in contests},
            missing=tuple(names[name] for name in item.missing),
            trust=min(row.trust for row in rows),
            parameters=max(row.parameters for row in rows),
        )
        found.append((item.system, standing))
    return found


def _interval(contests: Sequence[Contest], system: str) -> tuple[float, float]:
    """95 % interval of a system's total on these data sets, over resamples of their samples."""
    proportions = [
        (contest.draws[system] - contest.floor) / (contest.ceiling - contest.floor)
        for contest in contests
        if contest.floor is not None and contest.ceiling is not None
    ]
    return ends(np.mean(proportions, axis=0))
