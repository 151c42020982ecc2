"""A board as one HTML file that needs nothing else: no request leaves it, and it works from a disk.

What comes from records is text in it, never markup: the templates escape it, the script puts it into text nodes, and
the policy in the page's head runs the one script that its hash names and no other.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nlptasks._board import text
from nlptasks._board.board import Board, as_json
from nlptasks._board.columns import PAGE, BoardColumn
from nlptasks._board.overview import ORDER, overview
from nlptasks._board.page.history import history
from nlptasks._board.page.plots import Bar, Domain, bar, domain, plots
from nlptasks._board.panels import Panel
from nlptasks._board.plain import as_csv, facts, panel_title, summary, tie_text
from nlptasks._board.rows import Placing, SystemRow
from nlptasks.records.canonical import Json

#: Characters that could end a script element, or begin a comment in it.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

#: Data sets from which on each is folded: then the first table is what a reader looks at.
_OPEN = 4

#: Tie lines that fit beside each other.
_LANES = 6

TRUST = {
    "V0": "an imported number, or texts that are withheld",
    "V1": "predictions attached and scored here",
    "V2": "samples run again from the weights, enough to find an edit of 1 % of them",
    "V3": "the whole run made again",
}


@dataclass(frozen=True)
class Lane:
    """A piece of a tie line beside a row.

    Args:
        number: Which of the lines that stand beside each other, from 0.
        part: ``start``, ``middle`` or ``end``.
    """

    number: int
    part: str


def page_environment() -> Environment:
    """What the templates of pages are filled by: everything is escaped, and nothing may be left out."""
    environment = Environment(
        loader=PackageLoader("nlptasks._board.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": text.number, "signed": text.signed, "rank": text.rank, "size": text.size}
    environment.filters |= {"p": text.probability, "percent": percent, "embedded": embedded}
    return environment


def page_style() -> tuple[Markup, str]:
    """The style of pages, and the policy that allows it and nothing else."""
    style = (files("nlptasks._board.page") / "templates" / "board.css").read_text(encoding="utf-8")
    return Markup(style), f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"


def as_html(board: Board) -> str:
    """The page of a board."""
    page = files("nlptasks._board.page") / "templates"
    style = (page / "board.css").read_text(encoding="utf-8")
    script = (page / "board.js").read_text(encoding="utf-8")
    environment = page_environment()
    wide, rows = overview(board.tasks)
    panels = [panel for task in board.tasks for panel in task.shown]
    rendered: str = environment.get_template("board.html.j2").render(
        board=board,
        summary=summary(board),
        data=_data(board),
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; "
        "form-action 'none'",
        trust=TRUST,
        digits=lambda panel: text.decimals(panel.scale),
        facts=facts,
        title_of=panel_title,
        tie_text=tie_text,
        lanes=lanes,
        bar=bar_of,
        total_bar=total_bar,
        domain_of=domain_of,
        plots=plots,
        verdict=verdict,
        columns_of=columns_of,
        history=history,
        wide=wide,
        overview_rows=rows,
        overview_order=ORDER,
        claims={row.system: row for row in rows},
        choices=choices(panels),
        few=len(panels) <= _OPEN,
        searched=searched,
    )
    return rendered


def columns_of(panel: Panel) -> list[BoardColumn]:
    """The columns of a data set's table; one that is known of no system is left out."""
    return [
        column
        for column in PAGE
        if column.markup != "plain_cell"
        or any(column.cell(panel, row) is not None for row in panel.rows)
        or column.text
    ]


def choices(panels: Sequence[Panel]) -> dict[str, list[str]]:
    """What filters choose from."""
    rows = [row for panel in panels for row in panel.rows]
    return {
        "language": sorted({panel.dataset.language for panel in panels if panel.dataset.language}),
        "licence": sorted({row.licence for row in rows if row.licence}),
        "training": sorted({row.training for row in rows if row.training != "unknown"}),
    }


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _data(board: Board) -> Json:
    """What the script needs: the samples for the viewer, and the board for its downloads."""
    return {"board": as_json(board), "csv": as_csv(board)}


def embedded(data: Json) -> Markup:
    """JSON that can stand in a script element, whatever its strings hold."""
    content = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(content.translate(_UNSAFE))


def percent(value: float | None) -> str:
    """A proportion in percent; small ones are not rounded to nothing."""
    if value is None:
        return "–"
    return "<1 %" if 0 < value < 0.01 else f"{100 * value:.0f} %"


def lanes(ties: tuple[tuple[int, int], ...], position: int | None) -> list[Lane]:
    """The pieces of tie lines beside a row."""
    found = []
    ends: list[int] = []
    for first, last in ties:
        free = next((lane for lane, end in enumerate(ends) if end < first), len(ends))
        if free == len(ends):
            ends.append(0)
        ends[free] = last
        if position is not None and first <= position <= last:
            part = "start" if position == first else "end" if position == last else "middle"
            found.append(Lane(min(free, _LANES - 1), part))
    return found


def domain_of(panel: Panel) -> Domain:
    """From where to where the bars of a panel go."""
    seen = [
        value for row in panel.rows for value in (row.place.score, row.place.low, row.place.high) if value is not None
    ]
    return domain(panel.scale, [*seen, *([] if panel.dataset.floor is None else [panel.dataset.floor])])


def bar_of(panel: Panel, row: SystemRow, where: Domain) -> Bar | None:
    """The bar of a system on a data set."""
    return bar(row.place, where, panel.dataset.floor)


def total_bar(place: Placing) -> Bar | None:
    """The bar of a total, which is 0 at the trivial baseline and 1 at the ceiling."""
    return bar(place, Domain(0.0, 1.0), None)


def verdict(delta: float | None, p: float | None) -> str:
    """What a cell of the pairwise table says."""
    if delta is None or p is None or p >= 0.05:
        return "level"
    return "better" if delta > 0 else "worse"


def searched(*parts: str) -> str:
    """What a text filter looks in."""
    return " ".join(part for part in parts if part).lower()
