"""A folder of web pages: several boards with an index, and for each its badges and tables for other pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlptasks._board.board import Board, build
from nlptasks._board.page.embed import badge, table_page
from nlptasks._board.page.html import as_html, page_environment, page_style
from nlptasks._board.panels import Panel
from nlptasks._board.plain import as_json_text, summary
from nlptasks._board.repository.layout import SUITE, open_repository
from nlptasks._board.text import decimals, number, slug
from nlptasks._plugins.registry import Registry
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file, is_folder, is_there
from nlptasks.records._whole import whole_folder
from nlptasks.records.store import find_records


@dataclass(frozen=True, kw_only=True)
class BestLine:
    """What the index says of a data set: its best system, and where its tables lie."""

    task: str
    dataset: str
    panel: str
    system: str
    score: str
    trust: str
    systems: int
    table: str


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """A board in the index."""

    title: str
    page: str
    data: str
    summary: str
    best: tuple[BestLine, ...]


def write_site(registry: Registry, sources: Sequence[Path], output: Path, *, title: str) -> int:
    """Write the site, which appears whole or not at all. The same records give the same bytes.

    Args:
        registry: What is installed.
        sources: Repositories of leaderboards, whose suites and attestations count; or folders of records.
        output: The folder of the site.
        title: Title of the index.

    Returns:
        Boards in it.

    Raises:
        UsageError: Something lies there, or a folder has no record.
    """
    exists = UsageError(f"{output} exists already", hint="give another folder, or remove that one")
    if is_there(output):
        raise exists
    boards: dict[str, Board] = {}
    for source in sources:
        boards[slug(source.resolve().name, boards)] = _board(registry, source)
    try:
        with whole_folder(output, replaceable=lambda _: False) as part:
            entries = [_write(part, name, board) for name, board in boards.items()]
            style, policy = page_style()
            index = page_environment().get_template("index.html.j2")
            _put(part / "index.html", index.render(title=title, entries=entries, style=style, policy=policy))
    except FileExistsError:
        raise exists from None
    return len(boards)


def _board(registry: Registry, source: Path) -> Board:
    name = source.resolve().name
    if not is_file(source / SUITE):
        return build(registry, source, title=name)
    repository = open_repository(source)
    if not (is_folder(repository.records) and find_records(repository.records)):
        return Board(title=repository.suite.name)  # so begins every leaderboard
    return build(registry, repository.records, title=repository.suite.name, believed=repository.believed(registry))


def _write(part: Path, name: str, board: Board) -> IndexEntry:
    page, data, own = f"{name}.html", f"{name}.json", part / name
    _put(part / page, as_html(board))
    _put(part / data, as_json_text(board))
    for task in board.tasks:
        for panel in task.shown:
            folder = own / panel.id
            folder.mkdir(parents=True)
            _put(folder / "table.html", table_page(panel, f"../../{page}"))
            taken: list[str] = []
            for row in panel.rows:
                taken.append(slug(row.system, taken))
                _put(folder / f"{taken[-1]}.svg", badge(panel, row))
    best = tuple(
        _best(panel, f"{name}/{panel.id}/table.html") for task in board.tasks for panel in task.panels if panel.ranked
    )
    return IndexEntry(title=board.title, page=page, data=data, summary=summary(board), best=best)


def _best(panel: Panel, table: str) -> BestLine:
    first = panel.ranked[0]
    return BestLine(
        task=panel.task,
        dataset=panel.dataset.name,
        panel=panel.id,
        system=first.system,
        score=number(first.place.score, decimals(panel.scale)),
        trust=first.trust,
        systems=len(panel.ranked),
        table=table,
    )


def _put(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "replace"))
