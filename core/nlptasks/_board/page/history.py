"""The best score of a data set over time, from the days on which records were submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nlptasks._board.page.plots import Tick, place_x, place_y, ticks
from nlptasks._board.panels import Panel
from nlptasks._board.text import decimals, number


@dataclass(frozen=True)
class Best:
    """A system that was the best of its day: where it stands, and what is said of it."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, kw_only=True)
class History:
    """The best score over time.

    Args:
        points: The systems that were each better than all before.
        line: The corners of the line through them, which goes on to the last day.
        ticks_x: Marks of the axis of days.
        ticks_y: Marks of the axis of the score.
        said: The points in words.
    """

    points: tuple[Best, ...]
    line: str
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    said: tuple[str, ...]


def history(panel: Panel) -> History | None:
    """The best score over time; ``None`` where fewer than two ranked systems have a day."""
    dated = sorted(
        (_day(row.date), row.place.score, row.system)
        for row in panel.ranked
        if row.date and row.place.score is not None and _day(row.date)
    )
    days = sorted({day for day, _, _ in dated})
    if len(days) < 2:
        return None
    sign = 1 if panel.higher_is_better else -1
    best: list[tuple[int, float, str]] = []
    for day in days:
        score, system = max(
            ((sign * score, system) for one, score, system in dated if one == day), key=lambda two: two[0]
        )
        if not best or score > sign * best[-1][1]:
            best.append((day, sign * score, system))
    digits = decimals(panel.scale)
    across, up = (float(days[0]), float(days[-1])), [score for _, score, _ in best]
    heights = place_y(up)
    corners: list[tuple[float, float]] = []
    for (day, _, _), height in zip(best, heights, strict=True):
        x = place_x(float(day), across)
        corners += [(x, corners[-1][1])] if corners else []
        corners.append((x, height))
    corners.append((place_x(across[1], across), corners[-1][1]))
    said = tuple(
        f"{date.fromordinal(day).isoformat()}: {system}, {number(score, digits)}" for day, score, system in best
    )
    points = tuple(
        Best(place_x(float(day), across), height, title)
        for (day, _, _), height, title in zip(best, heights, said, strict=True)
    )
    return History(
        points=points,
        line=" ".join(f"{x},{y}" for x, y in corners),
        ticks_x=tuple(Tick(place_x(float(day), across), date.fromordinal(day).isoformat()) for day in _marks(days)),
        ticks_y=ticks(up, digits),
        said=said,
    )


def _day(text: str) -> int:
    """A day as a number; 0 where it is none in any calendar (31 February)."""
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return 0


def _marks(days: list[int]) -> list[int]:
    """Four days at equal distances, or fewer."""
    first, last = days[0], days[-1]
    return sorted({first + round((last - first) * part / 3) for part in range(4)})
