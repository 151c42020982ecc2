"""Where the marks of a board's pictures stand: bars with intervals, and quality against cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nlptasks._board.panels import Panel
from nlptasks._board.rows import Placing, SystemRow
from nlptasks._board.text import decimals, number, size

#: Size of a plot and of its margins, in units of its drawing.
WIDTH, HEIGHT = 480.0, 280.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 16.0, 14.0, 44.0


@dataclass(frozen=True)
class Domain:
    """From where to where an axis goes."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value stands, from 0 to 1; what is outside stands at the end."""
        proportion = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, proportion))


@dataclass(frozen=True)
class Bar:
    """A bar with its interval, in percent of its cell's width."""

    value: float
    low: float | None
    high: float | None
    floor: float | None


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Point:
    """A system in a plot: where it stands, and what is said of it; those close together share the label of one."""

    x: float
    y: float
    label: str
    title: str
    front: bool


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Quality against a cost.

    Args:
        name: What it shows.
        x: Title of the axis of the cost.
        y: Title of the axis of the score.
        note: Under which conditions the costs are comparable.
        points: The systems.
        front: The corners of the line through those that none beats in both.
        best: Names of those, in words.
        ticks_x: Marks of the axis of the cost.
        ticks_y: Marks of the axis of the score.
    """

    name: str
    x: str
    y: str
    note: str
    points: tuple[Point, ...]
    front: str
    best: str
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]


def domain(scale: tuple[float | None, float | None], seen: Sequence[float]) -> Domain:
    """A metric's range; where it has no end, what was seen."""
    low = scale[0] if scale[0] is not None else min([0.0, *seen])
    high = scale[1] if scale[1] is not None else max([low, *seen])
    return Domain(low, high if high > low else low + 1)


def bar(place: Placing, where: Domain, floor: float | None) -> Bar | None:
    """The bar of a score; ``None`` where there is none."""
    if place.score is None:
        return None

    def at(value: float | None) -> float | None:
        return None if value is None else round(100 * where.at(value), 2)

    return Bar(value=at(place.score) or 0.0, low=at(place.low), high=at(place.high), floor=at(floor))


def plots(panel: Panel) -> list[Plot]:
    """Quality against time, on the machine that most systems ran on, and against size; those with two systems."""
    timed = [row for row in panel.ranked if row.rows_per_second > 0 and row.machine]
    machines = Counter(row.machine for row in timed)
    found: list[Plot] = []
    if machines:
        where = min(machines, key=lambda name: (-machines[name], name))
        there = [row for row in timed if row.machine == where]
        others = len(panel.ranked) - len(there)
        note = f"Measured on: {where}."
        if others:
            note += f" Left out: {others} that ran elsewhere or without a time."
        if len(there) > 1:
            found.append(_plot(panel, there, "Score against time", "milliseconds a sample", note, _milliseconds, _time))
    sized = [row for row in panel.ranked if row.parameters > 0]
    if len({row.parameters for row in sized}) > 1:
        others = len(panel.ranked) - len(sized)
        note = f"Left out: {others} of unknown size." if others else "Weights of backbone and head."
        found.append(_plot(panel, sized, "Score against size", "weights", note, _weights, _size))
    return found


def _milliseconds(row: SystemRow) -> float:
    return 1000 / row.rows_per_second


def _time(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _size(value: float) -> str:
    return size(round(value))


def _weights(row: SystemRow) -> float:
    return float(row.parameters)


def _plot(
    panel: Panel,
    rows: Sequence[SystemRow],
    name: str,
    x: str,
    note: str,
    cost: Callable[[SystemRow], float],
    shown: Callable[[float], str],
) -> Plot:
    digits = decimals(panel.scale)
    scored = [(cost(row), row.place.score, row) for row in rows if row.place.score is not None]
    across = _padded([math.log10(value) for value, _, _ in scored], 0.08)
    up = _padded([score for _, score, _ in scored], 0.12)
    best = _front([(value, score) for value, score, _ in scored], panel.higher_is_better)
    points = tuple(
        Point(
            x=_x(across.at(math.log10(value))),
            y=_y(up.at(score)),
            label=str(row.place.position),
            title=f"{row.place.position}. {row.system}: {number(score, digits)}, {shown(value)} {x}",
            front=at in best,
        )
        for at, (value, score, row) in enumerate(scored)
    )
    points = _labelled(points)
    corners = sorted((points[at].x, points[at].y) for at in best)
    names = [scored[at][2].system for at in sorted(best, key=lambda at: scored[at][0])]
    return Plot(
        name=name,
        x=x + " (logarithmic)",
        y=panel.metric,
        note=note,
        points=points,
        front=" ".join(f"{x_},{y_}" for x_, y_ in corners),
        best=", ".join(names),
        ticks_x=_log_ticks(across, shown),
        ticks_y=_ticks(up, digits),
    )


def _labelled(points: Sequence[Point]) -> tuple[Point, ...]:
    """Points whose labels do not stand on each other: what is near another's label joins it."""
    labels: dict[int, str] = {}
    for at, point in enumerate(points):
        near = (one for one in labels if abs(points[one].x - point.x) < 14 and abs(points[one].y - point.y) < 12)
        host = next(near, at)
        labels[host] = f"{labels[host]}, {point.label}" if host in labels else point.label
    return tuple(replace(point, label=labels.get(at, "")) for at, point in enumerate(points))


def _front(found: Sequence[tuple[float, float]], higher_is_better: bool) -> set[int]:
    """Those that no other beats in cost or score without being worse in the other (Pareto's front)."""
    sign = 1 if higher_is_better else -1

    def beaten(at: int) -> bool:
        cost, score = found[at][0], sign * found[at][1]
        return any(
            other[0] <= cost and sign * other[1] >= score and (other[0] < cost or sign * other[1] > score)
            for other in found
        )

    return {at for at in range(len(found)) if not beaten(at)}


def place_x(value: float, ends: tuple[float, float]) -> float:
    """Where a value stands on an axis from one end to the other."""
    return _x(Domain(*ends).at(value))


def place_y(found: Sequence[float]) -> list[float]:
    """Where scores stand on an axis that fits them."""
    up = _padded(found, 0.12)
    return [_y(up.at(value)) for value in found]


def ticks(found: Sequence[float], digits: int) -> tuple[Tick, ...]:
    """The marks of that axis."""
    return _ticks(_padded(found, 0.12), digits)


def _padded(found: Sequence[float], proportion: float) -> Domain:
    low, high = min(found), max(found)
    wide = (high - low) or max(abs(high) * 0.1, 0.1)
    return Domain(low - proportion * wide, high + proportion * wide)


def _x(proportion: float) -> float:
    return round(LEFT + proportion * (WIDTH - LEFT - RIGHT), 1)


def _y(proportion: float) -> float:
    return round(HEIGHT - BOTTOM - proportion * (HEIGHT - TOP - BOTTOM), 1)


def _ticks(where: Domain, digits: int) -> tuple[Tick, ...]:
    rough = (where.high - where.low) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = math.ceil(where.low / step)
    found = [number_ * step for number_ in range(first, math.floor(where.high / step) + 1)]
    return tuple(Tick(_y(where.at(value)), number(value, digits)) for value in found)


def _log_ticks(where: Domain, shown: Callable[[float], str]) -> tuple[Tick, ...]:
    found = [
        factor * 10.0**power
        for power in range(math.floor(where.low), math.ceil(where.high) + 1)
        for factor in (1, 2, 5)
        if where.low <= math.log10(factor * 10.0**power) <= where.high
    ]
    every = max(1, math.ceil(len(found) / 6))
    return tuple(Tick(_x(where.at(math.log10(value))), shown(value)) for value in found[::every])
