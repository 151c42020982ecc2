"""A board as markdown, CSV, JSON and a table for the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence

from nlptasks._board.board import Board, as_json
from nlptasks._board.columns import CSV, PLAIN
from nlptasks._board.panels import Panel
from nlptasks._board.standings import Task
from nlptasks._board.text import decimals, ends, number, rank
from nlptasks.text.display import counted, one_line

#: Signs that begin a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: Tie lines that a text names; hundreds of systems have dozens, which the ranks show too.
_TIES = 6

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def as_text(board: Board) -> str:
    """A board for the terminal."""
    return "\n".join(_lines(board, _aligned, heading=lambda text, _level: text)).rstrip("\n")


def as_markdown(board: Board) -> str:
    """A board as markdown; what a name may hold cannot change it."""
    return "\n".join(_lines(board, piped, heading=lambda text, level: f"{'#' * level} {_escaped(text)}\n")) + "\n"


def as_json_text(board: Board) -> str:
    """A board as JSON."""
    return json.dumps(as_json(board), sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def as_csv(board: Board) -> str:
    """A board as CSV, a line for each system and data set, and for each record that is left out."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in CSV])
    for task in board.tasks:
        for panel in task.shown:
            writer.writerows([_safe(column.cell(panel, row)) for column in CSV] for row in panel.rows)
    for item in board.left_out:
        known = {"task": item.task, "dataset": item.dataset, "system": item.system, "records": item.record}
        cells = known | {"reason": f"left out: {item.reason}"}
        writer.writerow([_safe(cells.get(column.name, "")) for column in CSV])
    return stream.getvalue()


def _safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def summary(board: Board) -> str:
    """What is on a board, in a line."""
    panels = [panel for task in board.tasks for panel in task.shown]
    systems = {row.system for panel in panels for row in panel.rows}
    parts = [
        counted(len(board.sources), "record"),
        counted(len(systems), "system"),
        counted(len(panels), "data set"),
        f"{len(board.left_out)} left out",
    ]
    return ", ".join(parts)


# -------------------------------------------------------------------- text


def _lines(board: Board, table: Table, *, heading: Callable[[str, int], str]) -> Iterator[str]:
    yield heading(board.title, 1)
    for task in board.tasks:
        yield heading(f"{task.name}", 2)
        if task.standings:
            yield f"All data sets: {task.method}."
            yield ""
            yield table(*_standing_table(task))
            yield ""
        for panel in task.shown:
            yield heading(panel_title(panel), 3)
            rows = [[column.show(panel, row) for column in PLAIN] for row in panel.rows]
            yield table([column.plain for column in PLAIN], rows)
            yield ""
            yield from _notes(panel, table is piped)
            yield ""
    if board.left_out:
        yield heading("Left out, and why", 2)
        reasons = [(item.record, item.system, item.reason) for item in board.left_out]
        yield table(("RECORD", "SYSTEM", "REASON"), reasons)
        yield ""
    if table is piped:
        yield heading("What the numbers mean", 2)
        yield from (f"- {line}" for line in board.methods)


def panel_title(panel: Panel) -> str:
    """What a panel is called."""
    split = f", {panel.dataset.split}" if panel.dataset.split else ""
    split += f", version {panel.version}" if panel.retired else ""
    split += " (retired)" if panel.retired else ""
    samples = f"{panel.dataset.n:,} samples" if panel.dataset.n else "a number of samples that is not known"
    return f"{panel.dataset.name}{split}: {panel.metric} on {samples}"


def facts(panel: Panel) -> list[str]:
    """What one must know to read a panel, a sentence each."""
    digits = decimals(panel.scale)
    found = [] if panel.higher_is_better else ["Lower is better."]
    if panel.dataset.floor is not None:
        found.append(f"Trivial baseline: {number(panel.dataset.floor, digits)}.")
    if panel.dataset.ceiling is not None:
        found.append(f"Ceiling: {number(panel.dataset.ceiling, digits)}.")
    simple = [row.system for row in panel.ranked if not row.backbone]
    if simple and panel.ranked[0].system == simple[0] and len(simple) < len(panel.ranked):
        found.append(f"{simple[0]}, whose record names no backbone, is ahead of all whose do.")
    if panel.detectable is not None:
        found.append(
            "The smallest difference of the two best systems that would be found with 80 % power after the correction: "
            f"{number(panel.detectable, digits)}."
        )
    if 0 < panel.dataset.n < 30:
        found.append("Fewer than 30 samples: the intervals are wide and rough.")
    if panel.dataset.cluster:
        found.append(f"Samples with one {panel.dataset.cluster} are drawn together.")
    return found


def tie_text(ties: Sequence[tuple[int, int]]) -> str:
    """Tie lines in words; empty where there is none."""
    if not ties:
        return ""
    found = [f"{first}–{last}" for first, last in ties]
    if len(found) > _TIES:
        found[_TIES:] = [f"and {len(found) - _TIES} more"]
    return "Not told apart: " + ", ".join(found) + "."


def _notes(panel: Panel, markdown: bool) -> Iterator[str]:
    found = [*facts(panel), tie_text(panel.ties)]
    found += [f"{row.system} is not ranked: {row.reason}." for row in panel.rows if row.reason]
    text = " ".join(part for part in found if part)
    if text:
        yield _escaped(text) if markdown else one_line(text, 2_000)


def _standing_table(task: Task) -> tuple[list[str], list[list[str]]]:
    ranked = [panel for panel in task.panels if panel.ranked]
    header = ["#", "RANK", "SYSTEM", "TOTAL", "95 %", *(panel.dataset.name for panel in ranked)]
    rows = [
        [
            str(row.place.position or "–"),
            rank(row.place.rank),
            row.system,
            number(row.place.score),
            ends(row.place.low, row.place.high),
            *(number(row.scores.get(panel.id), decimals(panel.scale)) for panel in ranked),
        ]
        for row in task.standings
    ]
    return header, rows


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [list(header), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    aligned = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in aligned)


def piped(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else _escaped(cell) for cell in line) + " |" for line in lines
    )


def _escaped(text: str) -> str:
    """Text that markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|#~&" else c for c in one_line(text, 2_000))
