"""A board: everything that a folder of records says, as plain data that the writers turn into a page or a table."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

from nlptasks._board import ranking
from nlptasks._board.loading import Header, LeftOut, groups, only_task, read_headers
from nlptasks._board.panels import Made, make_panel
from nlptasks._board.rows import machine
from nlptasks._board.standings import Task, make_task
from nlptasks._board.text import one_visible_line, slug, visible
from nlptasks._board.trust import Believed, read_attested
from nlptasks._plugins.registry import Registry
from nlptasks.errors import UsageError
from nlptasks.records.canonical import Json
from nlptasks.records.schema import Trust
from nlptasks.statistics.resampling import RESAMPLES
from nlptasks.statistics.tests import ROUNDS

SCHEMA, VERSION = "nlptasks.board", 1

TITLE = "Leaderboard"


@dataclass(frozen=True, kw_only=True)
class NumberSource:
    """Where a number on the board comes from.

    Args:
        record: Folder of the record.
        id: Its id.
        system: Whose it is.
        task: Its task.
        dataset: Its data set.
        trust: How far it may be believed.
        command: What makes it again; empty: not known.
        commit: Commit of the code; with ``+`` where it was changed.
        versions: Versions of the packages.
        machine: Where it was run.
        data: SHA-256 of the data.
        weights: SHA-256 of the head's weights.
        backbone: Digest of the backbone.
        samples: SHA-256 of the samples.
        asked: Options of head and backbone that decide how a sample is asked, such as a prompt's template.
        by: Who submitted it, as is said there.
        link: Where the system is described, as is said there.
    """

    record: str
    id: str
    system: str
    task: str
    dataset: str
    trust: str
    command: str = ""
    commit: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""
    data: str = ""
    weights: str = ""
    backbone: str = ""
    samples: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A leaderboard.

    Args:
        title: Its title.
        min_trust: The least trust that is ranked.
        tasks: The tasks, by name.
        left_out: Records that are on no table, and why.
        sources: The records that are, by folder.
        methods: What the numbers mean, a sentence each.
    """

    title: str = TITLE
    min_trust: str = "V1"
    tasks: tuple[Task, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[NumberSource, ...] = ()
    methods: tuple[str, ...] = ()


def build(
    registry: Registry,
    folder: Path,
    *,
    min_trust: Trust = "V1",
    task: str = "",
    title: str = TITLE,
    strict: bool = False,
    believed: Believed | None = None,
) -> Board:
    """Make the board of a folder.

    Args:
        registry: What is installed; its metrics score resamples.
        folder: A folder with records.
        min_trust: The least trust that is ranked; records with less are shown without a rank.
        task: The only task that is shown; empty: all.
        title: The board's title.
        strict: Whether a damaged record is an error; else it is listed.
        believed: Whose attestations count, and what data; ``None``: nobody's, and the records' own.

    Raises:
        UsageError: There is no such folder, or no record (of the task) in it.
        NlptasksError: A record is damaged, and ``strict``.
    """
    believed = believed or Believed()
    found, out = read_headers(folder, read_attested(folder, believed), pinned=believed.pinned, strict=strict)
    if not found:
        reasons = "\n".join(f"{item.record}: {item.reason}" for item in out[:3])
        raise UsageError(f"{folder}: no record in it can be read", hint=reasons)
    headers = only_task(found, task)
    tasks: list[Task] = []
    used: list[Header] = []
    links: set[str] = set()
    for name, of_task in groupby(groups(headers, min_trust=min_trust), key=lambda item: item[0]):
        made: list[Made] = []
        for _, group, excluded in of_task:
            out += excluded
            if not group.ranked and not group.shown:
                continue
            version = group.version if group.retired else ""
            link = slug(f"{name}-{group.first.dataset.name}-{group.first.dataset.split}-{version}", links)
            panel, unfit = make_panel(registry, group, folder, name=link, pinned=believed.pinned, strict=strict)
            out += unfit
            if panel is not None:
                links.add(link)
                made.append(panel)
        if made:
            tasks.append(make_task(name, slug(f"task-{name}", links), made))
            links.add(tasks[-1].id)
            used += [header for item in made for header in item.headers]
    return Board(
        title=one_visible_line(title),
        min_trust=min_trust,
        tasks=tuple(tasks),
        left_out=tuple(sorted(out, key=lambda item: (item.record, item.reason))),
        sources=tuple(_source(header) for header in sorted(used, key=lambda header: header.path)),
        methods=methods(min_trust),
    )


def methods(min_trust: str) -> tuple[str, ...]:
    """What the numbers of a board mean."""
    return (
        "Intervals are 95 %: Wilson's for proportions, else from the jackknife's standard error and Student's t, by "
        "clusters where the data set ties samples together; none where none would hold, such as with few clusters.",
        f"A rank interval holds 95 % of a system's ranks over {RESAMPLES:,} resamples that all systems share; "
        "over several data sets, the data sets are drawn too.",
        "A line beside the ranks joins systems that cannot be told apart: no pair of them has a corrected p below 0.05 "
        "(over several data sets, and beyond the tested pairs, p is from the spread of the difference over resamples).",
        f"Pairs are tested by McNemar's exact test for proportions, else by approximate randomisation with "
        f"{ROUNDS:,} rounds or a t test corrected for skewness, whichever has the larger p, corrected by Holm over all "
        f"pairs of a data set; at most the {ranking.TESTED} best systems of a data set are tested.",
        "A system that lacks a data set of a task has no total, only the ranks that it could have with the best and "
        "the worst score there.",
        "V0: an imported number, or one whose texts are withheld. V1: the predictions are there and were scored here. "
        "V2: somebody who is believed predicted so many rows again from the weights that an edit of 1 % of the rows "
        "would have been found with 95 %; how many stands beside it. V3: all rows. What a record says of its own trust "
        f"counts for nothing. Ranked are {min_trust} and more.",
    )


def _source(header: Header) -> NumberSource:
    record = header.record
    return NumberSource(
        record=one_visible_line(header.path),
        id=record.id,
        system=one_visible_line(record.model.name),
        task=one_visible_line(record.task),
        dataset=one_visible_line(record.dataset.name),
        trust=header.trust,
        command=command(record.run.argv),
        commit=one_visible_line(record.run.commit[:12] + ("+" if record.run.dirty else "")),
        versions={one_visible_line(name): one_visible_line(of) for name, of in sorted(record.run.versions.items())},
        machine=machine(record.machine),
        data=one_visible_line(record.dataset.sha256),
        weights=one_visible_line(record.model.weights),
        backbone=one_visible_line(record.model.digest),
        samples=one_visible_line(record.digests.get("samples", "")),
        asked={one_visible_line(name): _option(value) for name, value in sorted(record.run.decoding.items())},
        by=one_visible_line(header.card.by),
        link=one_visible_line(header.card.link),
    )


def _option(value: Json) -> str:
    """An option as it is read; texts keep their lines, as prompts have them."""
    return visible(value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False), 1_200)


def command(argv: Sequence[str]) -> str:
    """A command as it is typed; empty where there is none."""
    if not argv:
        return ""
    words = argv if argv[0] == "nlptasks" else ("nlptasks", *argv)
    return one_visible_line(shlex.join(words), 1_000)


def as_json(board: Board) -> Json:
    """A board as JSON holds it."""
    found = {"schema": SCHEMA, "version": VERSION, **asdict(board)}
    for task in found["tasks"]:
        task["standings"] = [_flat(row) for row in task["standings"]]
        for panel in (*task["panels"], *task["retired"]):
            panel["rows"] = [_flat(row) for row in panel["rows"]]
            known = panel.pop("dataset")
            panel |= {"dataset": known.pop("name"), **known}
    return found


def _flat(row: dict[str, Json]) -> dict[str, Json]:
    """A row as the file has it: what its place and its facts hold stands beside the rest."""
    parts = {name: value for name in ("place", "facts") for name, value in row.pop(name, {}).items()}
    return row | parts
