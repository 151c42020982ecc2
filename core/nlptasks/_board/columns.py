"""The columns of a data set's table, each in one place: what it holds, what it is called, and how it is shown.

The page, markdown, the terminal, CSV and JSON all go through :data:`COLUMNS`. A further column is one more entry: with
``of`` it is made of a system's records and kept on the board, so that JSON has it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlptasks._board.text import decimals, ends, number, rank, rounded, size
from nlptasks.records.canonical import Json
from nlptasks.records.schema import Record

if TYPE_CHECKING:  # rows are made with these columns
    from nlptasks._board.panels import Panel
    from nlptasks._board.rows import SystemRow

#: What a cell holds: a text, a number, or ``None`` where nothing is known.
Cell = Any

Said = str | Callable[["Panel"], str]


@dataclass(frozen=True, kw_only=True)
class BoardColumn:
    """A column of a data set's table.

    Args:
        name: What CSV calls it; empty: CSV does not have it.
        value: What CSV holds of a row; ``None``: what ``of`` made.
        of: Makes it of a system's records, one for each seed; ``None``: the board has it already.
        plain: What the terminal and markdown call it; empty: they do not have it.
        page: What the page calls it, for all data sets or for each; empty: the page does not have it.
        shown: How a value is shown; ``None``: as it is, and a dash for what is not known.
        text: How a row's cell is shown, where that takes more than the value.
        sort: What the page sorts by; ``None``: the value.
        kind: How it is sorted: ``number`` or ``text``.
        first: Which end comes first when it is sorted: ``asc`` or ``desc``.
        note: What the page says of it when it is pointed at.
        style: Class of its cells on the page.
        markup: The template's macro that writes its cells on the page.
    """

    name: str = ""
    value: Callable[[Panel, SystemRow], Cell] | None = None
    of: Callable[[Sequence[Record]], Json] | None = None
    plain: str = ""
    page: Said = ""
    shown: Callable[[Cell], str] | None = None
    text: Callable[[Panel, SystemRow], str] | None = None
    sort: Callable[[Panel, SystemRow], Cell] | None = None
    kind: str = "number"
    first: Said = "desc"
    note: Said = ""
    style: str = "num"
    markup: str = "plain_cell"

    def cell(self, panel: Panel, row: SystemRow) -> Cell:
        """What CSV holds, and the page sorts by."""
        return self.value(panel, row) if self.value else row.facts.get(self.name)

    def order(self, panel: Panel, row: SystemRow) -> Cell:
        """What the page sorts by; nothing where nothing is known."""
        found = self.sort(panel, row) if self.sort else self.cell(panel, row)
        return "" if found is None else found

    def show(self, panel: Panel, row: SystemRow) -> str:
        """A cell as it is read."""
        if self.text:
            return self.text(panel, row)
        found = self.cell(panel, row)
        if found is None:
            return "–"
        return self.shown(found) if self.shown else str(found)

    def said(self, what: Said, panel: Panel) -> str:
        """What is said of a data set's column: its title, its note."""
        return what if isinstance(what, str) else what(panel)


def facts_of(records: Sequence[Record]) -> dict[str, Json]:
    """What the columns keep of a system's records, by their names."""
    return {column.name: column.of(records) for column in COLUMNS if column.of}


def _one_decimal(value: Cell) -> str:
    return number(value, 1)


def _score(panel: Panel, row: SystemRow) -> str:
    digits = decimals(panel.scale)
    seeds = f" ({row.seeds} seeds, SD {number(row.seed_sd, digits)})" if row.seeds > 1 else ""
    return number(row.place.score, digits) + seeds


def _interval(panel: Panel, row: SystemRow) -> str:
    return ends(row.place.low, row.place.high, decimals(panel.scale))


#: All of them, in their order.
COLUMNS: tuple[BoardColumn, ...] = (
    BoardColumn(name="task", value=lambda panel, _: panel.task),
    BoardColumn(name="dataset", value=lambda panel, _: panel.dataset.name),
    BoardColumn(name="split", value=lambda panel, _: panel.dataset.split),
    BoardColumn(
        name="position",
        value=lambda _, row: row.place.position,
        plain="#",
        page="#",
        first="asc",
        note="place by score",
        style="pos",
    ),
    BoardColumn(page="Tie lines", markup="tie_cell", sort=lambda _, row: row.place.position),
    BoardColumn(name="rank_low", value=lambda _, row: row.place.rank[0] if row.place.rank else None),
    BoardColumn(name="rank_high", value=lambda _, row: row.place.rank[1] if row.place.rank else None),
    BoardColumn(
        plain="RANK",
        page="Rank",
        text=lambda _, row: rank(row.place.rank),
        sort=lambda _, row: row.place.rank[0] + row.place.rank[1] / 1000 if row.place.rank else None,
        first="asc",
        note="95 % interval of the rank",
    ),
    BoardColumn(
        name="system",
        value=lambda _, row: row.system,
        plain="SYSTEM",
        page="System",
        sort=lambda _, row: row.system.lower(),
        kind="text",
        first="asc",
        markup="system_cell",
    ),
    BoardColumn(name="metric", value=lambda panel, _: panel.metric),
    BoardColumn(
        name="score",
        value=lambda _, row: row.place.score,
        plain="SCORE",
        page=lambda panel: panel.metric,
        text=_score,
        first=lambda panel: "desc" if panel.higher_is_better else "asc",
        note=lambda panel: panel.signature,
        style="score",
        markup="score_cell",
    ),
    BoardColumn(name="low", value=lambda _, row: row.place.low),
    BoardColumn(name="high", value=lambda _, row: row.place.high),
    BoardColumn(plain="95 %", text=_interval),
    BoardColumn(name="n", value=lambda _, row: row.n, plain="N", shown=lambda n: f"{n:,}" if n else "–"),
    BoardColumn(name="seeds", value=lambda _, row: row.seeds),
    BoardColumn(name="seed_sd", value=lambda _, row: row.seed_sd),
    BoardColumn(name="baseline", value=lambda panel, _: panel.dataset.floor),
    BoardColumn(
        name="trust",
        value=lambda _, row: row.trust,
        plain="TRUST",
        page="Trust",
        text=lambda _, row: f"{row.trust} ({row.checked:,} of {row.n:,})" if row.checked else row.trust,
        kind="text",
        markup="trust_cell",
    ),
    BoardColumn(name="checked", value=lambda _, row: row.checked),
    BoardColumn(name="undetected", value=lambda _, row: row.undetected),
    BoardColumn(name="missing", value=lambda _, row: row.missing),
    BoardColumn(
        name="parameters",
        value=lambda _, row: row.parameters or None,
        plain="WEIGHTS",
        page="Weights",
        shown=size,
        first="asc",
    ),
    BoardColumn(
        name="rows_per_second",
        value=lambda _, row: row.rows_per_second or None,
        plain="ROWS/S",
        page="Rows/s",
        shown=_one_decimal,
        note="compare on one machine only",
    ),
    BoardColumn(
        name="seconds_per_1000",
        value=lambda _, row: row.seconds,
        page="s/1,000 rows",
        shown=_one_decimal,
        first="asc",
        note="seconds of predicting 1,000 rows; compare on one machine only",
    ),
    BoardColumn(
        name="p95_ms",
        of=lambda records: rounded(records[0].cost.p95_ms, 2) or None,
        page="p95 ms",
        shown=_one_decimal,
        first="asc",
        note="95th percentile of the time of a sample",
    ),
    BoardColumn(name="peak_rss_mb", of=lambda records: rounded(records[0].cost.peak_rss_mb, 1) or None),
    BoardColumn(
        name="licence",
        value=lambda _, row: row.licence or None,
        page="Licence",
        kind="text",
        first="asc",
        note="of the system, as its submitter says",
        style="words",
    ),
    BoardColumn(
        name="training",
        value=lambda _, row: None if row.training == "unknown" else row.training,
        page="Training",
        kind="text",
        first="asc",
        note="whether it had seen the data set's training rows, as its submitter says",
        style="words",
    ),
    BoardColumn(
        name="date",
        value=lambda _, row: row.date or None,
        page="Since",
        kind="text",
        note="day of the submission, as its submitter says",
        style="words",
    ),
    BoardColumn(name="version", value=lambda panel, _: panel.version),
    BoardColumn(name="retired", value=lambda panel, _: "yes" if panel.retired else ""),
    BoardColumn(name="machine", value=lambda _, row: row.machine),
    BoardColumn(name="signature", value=lambda panel, _: panel.signature),
    BoardColumn(name="data_sha256", value=lambda panel, _: panel.dataset.sha256),
    BoardColumn(name="reason", value=lambda _, row: row.reason),
    BoardColumn(name="records", value=lambda _, row: " ".join(row.records)),
)

#: Those that CSV, the terminal and markdown, and the page have.
CSV = tuple(column for column in COLUMNS if column.name)
PLAIN = tuple(column for column in COLUMNS if column.plain)
PAGE = tuple(column for column in COLUMNS if column.page)
