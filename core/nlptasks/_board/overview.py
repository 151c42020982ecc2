"""All systems on all data sets in one table: what a reader looks at first. No score is averaged in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlptasks._board.panels import Panel
from nlptasks._board.rows import SystemRow
from nlptasks._board.standings import Task
from nlptasks._board.text import rounded

#: How the systems are ordered, in words.
ORDER = (
    "Ordered by how many of the data sets a system is ranked on, then by the mean proportion of the others that it "
    "beats there. Scores of different data sets are not averaged."
)


@dataclass(frozen=True, kw_only=True)
class OverviewRow:
    """A system on all data sets.

    Args:
        system: What it is called.
        cells: Its row on each data set, by the panel's id; nothing where it has none.
        beats: Mean proportion of the other systems that it beats on the data sets that it is ranked on.
    """

    system: str
    cells: Mapping[str, SystemRow]
    beats: float | None

    @property
    def trust(self) -> str:
        """The least trust of its rows."""
        return min(cell.trust for cell in self.cells.values())

    @property
    def parameters(self) -> int:
        """Weights; 0: not known."""
        return max(cell.parameters for cell in self.cells.values())

    @property
    def licence(self) -> str:
        """Licence of the system; empty: not known."""
        return next((cell.licence for cell in self.cells.values() if cell.licence), "")

    @property
    def training(self) -> str:
        """What it had seen of training rows, where that is the same everywhere."""
        found = {cell.training for cell in self.cells.values()}
        return found.pop() if len(found) == 1 else "unknown"

    @property
    def words(self) -> tuple[str, ...]:
        """What a text filter looks in."""
        named = (word for cell in self.cells.values() for word in (cell.head, cell.backbone, cell.dtype))
        return tuple(dict.fromkeys(named))


def overview(tasks: Sequence[Task]) -> tuple[tuple[Panel, ...], tuple[OverviewRow, ...]]:
    """The data sets that are not retired, and all systems that are on one of them, in order."""
    panels = tuple(panel for task in tasks for panel in task.panels)
    cells: dict[str, dict[str, SystemRow]] = {}
    for panel in panels:
        for row in panel.rows:
            cells.setdefault(row.system, {}).setdefault(panel.id, row)
    rows = [_row(system, found, panels) for system, found in cells.items()]
    return panels, tuple(sorted(rows, key=_place))


def _place(row: OverviewRow) -> tuple[int, float, str]:
    ranked = sum(cell.place.position is not None for cell in row.cells.values())
    return -ranked, -(row.beats or 0.0), row.system


def _row(system: str, cells: Mapping[str, SystemRow], panels: Sequence[Panel]) -> OverviewRow:
    sizes = {panel.id: len(panel.ranked) for panel in panels}
    places = [(cell.place.position, sizes[name]) for name, cell in cells.items() if cell.place.position is not None]
    beats = [(n - place) / (n - 1) for place, n in places if n > 1]
    return OverviewRow(system=system, cells=cells, beats=rounded(sum(beats) / len(beats), 4) if beats else None)
