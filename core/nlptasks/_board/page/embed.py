"""What other pages show of a board: a badge for each system, and a table for each data set."""

from __future__ import annotations

from nlptasks._board.columns import PLAIN
from nlptasks._board.page.html import page_environment, page_style
from nlptasks._board.panels import Panel
from nlptasks._board.plain import panel_title
from nlptasks._board.rows import SystemRow
from nlptasks._board.text import decimals, number, one_visible_line, rank

#: Characters of each half of a badge.
_LONGEST = 60

#: Pixels of a character, and of both margins of a half.
_WIDE, _MARGIN = 6.6, 12.0

#: Colour of what a badge says, by trust; each is dark enough for white letters.
_COLOURS = {"V0": "#5d6672", "V1": "#0b5cad", "V2": "#13552a", "V3": "#13552a"}


def badge(panel: Panel, row: SystemRow) -> str:
    """An SVG that says what a system scored on a data set, which place it has, and how far that may be believed."""
    label = one_visible_line(f"{panel.dataset.name}: {panel.metric}", _LONGEST)
    place = f"rank {rank(row.place.rank)} of {len(panel.ranked)}" if row.place.position else "not ranked"
    said = f"{number(row.place.score, decimals(panel.scale))}, {place}, {row.trust}"
    rendered: str = (
        page_environment()
        .get_template("badge.svg.j2")
        .render(label=label, said=said, left=_width(label), right=_width(said), colour=_COLOURS[row.trust])
    )
    return rendered


def _width(text: str) -> float:
    return round(_WIDE * len(text) + _MARGIN, 1)


def table_page(panel: Panel, board: str) -> str:
    """A page with a data set's table alone and no script, for a frame in another page.

    Args:
        panel: The data set.
        board: Address of the whole board, seen from the table.
    """
    style, policy = page_style()
    rendered: str = (
        page_environment()
        .get_template("table.html.j2")
        .render(
            title=panel_title(panel),
            header=[column.plain for column in PLAIN],
            rows=[[column.show(panel, row) for column in PLAIN] for row in panel.rows],
            board=board,
            panel=panel.id,
            style=style,
            policy=policy,
        )
    )
    return rendered
