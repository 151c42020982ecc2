"""Begins the repository of a public leaderboard: suite, rules, folders, and the workflows of its pull requests."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from string import Template

from nlptasks._board.repository.layout import ATTESTATIONS, HIDDEN, RECORDS, SUBMISSIONS, SUITE
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.gold_rows import read_gold_rows
from nlptasks._settings.boards import BoardData
from nlptasks._settings.groups import TableSource
from nlptasks._tables.columns import as_text
from nlptasks._tables.gold_samples import GoldTable
from nlptasks._tables.tables import read_table
from nlptasks._version import __version__
from nlptasks.errors import UsageError
from nlptasks.files.names import is_there
from nlptasks.files.paths import open_input, split_suffix
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Row
from nlptasks.records._whole import whole_folder
from nlptasks.records.suites import read_suite

#: What a name of a leaderboard and of a data set may be; a suite says the same.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_SCAFFOLD = "leaderboard"

#: Template of each file that is not made of the data, by its place.
_FILES = {
    "README.md": "README.md.tmpl",
    "RULES.md": "RULES.md.tmpl",
    ".gitignore": "gitignore.tmpl",
    ".github/workflows/check.yml": "check.yml.tmpl",
    ".github/workflows/comment.yml": "comment.yml.tmpl",
}

#: The example that a repository begins with where no data are named, and its task.
_EXAMPLE, _EXAMPLE_TASK = "reviews.csv", "sentiment"


def write_repository(registry: Registry, folder: Path, asked: BoardData) -> str:
    """Write a repository, which appears whole or not at all.

    Args:
        registry: What is installed.
        folder: Its folder, which is made.
        asked: What it is to begin with.

    Returns:
        Name of its data set.

    Raises:
        UsageError: Something lies there, a name cannot be one, or there is no such task or column.
        DataError: The data cannot be read, or no row has a gold answer.
    """
    asked = replace(asked, name=asked.name or folder.absolute().name)
    if not _NAME.fullmatch(asked.name):
        raise UsageError(
            f"{asked.name!r} is no name for a leaderboard", hint="use letters, digits, '-', '_' and '.', a letter first"
        )
    if is_there(folder):
        raise _exists(folder)
    if asked.data and not asked.task:
        known = ", ".join(item.spec.name for item in registry.all(TaskSpec))
        raise UsageError("--data needs the task that it is for", hint=f"--task TASK; tasks: {known}")
    if not asked.data and (asked.gold or asked.id or asked.task not in ("", _EXAMPLE_TASK)):
        raise UsageError("--task, --gold and --id say how --data is read", hint="name the file: --data FILE")
    if asked.data == "-":
        raise UsageError("a suite pins a file by its bytes", hint="save the rows in a file first")
    try:
        with whole_folder(folder, replaceable=lambda _: False) as part:
            return _fill(registry, asked, part)
    except FileExistsError:
        raise _exists(folder) from None


def _exists(folder: Path) -> UsageError:
    return UsageError(f"{folder} exists already", hint="give another folder; nothing in it was touched")


def _fill(registry: Registry, asked: BoardData, part: Path) -> str:
    task = registry.get(TaskSpec, asked.task or _EXAMPLE_TASK).spec
    own = files("nlptasks") / "_scaffold" / _SCAFFOLD / _EXAMPLE
    source = asked.data or str(own)
    name = asked.dataset or re.sub(r"[^A-Za-z0-9._-]+", "-", split_suffix(source)[0]).strip("-._") or "data"
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a data set", hint="use letters, digits, '-', '_' and '.'")
    wanted = TableSource(data=source, gold=asked.gold, id=asked.id)
    table, language = read_gold_rows(registry, task, wanted, task.metrics)
    _, suffix, packed = split_suffix(source)
    place = Path(HIDDEN if asked.withhold_gold else "data") / f"{name}{suffix}{packed}"
    for folder in (RECORDS, ATTESTATIONS, SUBMISSIONS, str(place.parent), "data"):
        (part / folder).mkdir(exist_ok=True)
    for folder in (RECORDS, ATTESTATIONS, SUBMISSIONS):
        (part / folder / ".gitkeep").touch()
    shutil.copyfile(source, part / place)
    public = ""
    if asked.withhold_gold:
        public = f"data/{name}.csv"
        (part / public).write_text(_without_gold(registry, wanted, table), encoding="utf-8", newline="")
    card = {
        "name": name,
        "task": task.name,
        "version": "1",
        "file": place.as_posix(),
        "public": public,
        "sha256": table.sha256,
        "n": len(table.items),
        "licence": asked.licence,
        "gold": table.columns["gold"],
        "id": asked.id,
        "language": language,
    }
    (part / SUITE).write_text(_suite(asked.name, {key: value for key, value in card.items() if value}), "utf-8")
    read_suite(part / SUITE)  # what is written can be read
    _write_templates(asked, part, name, task.name)
    return name


def _suite(name: str, card: Mapping[str, object]) -> str:
    import yaml

    head = (
        "# The data sets of the leaderboard, pinned by their bytes. Whatever changes a score needs a new version:\n"
        "# raise 'version' and put the old one under 'earlier: [{version: \"1\", sha256: ..., file: ...}]'. The board\n"
        "# then shows what was among what is retired. 'retired: true' does that with a data set as a whole.\n"
    )
    content = {"name": name, "version": "1", "ships": True, "datasets": [dict(card)]}
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _without_gold(registry: Registry, wanted: TableSource, table: GoldTable) -> str:
    """The ids and the task's inputs alone: another column may tell what the gold one says."""
    with open_input(wanted.data) as source:
        rows = read_table(registry, source, name="", options=wanted.reading)
        ids = wanted.id or ("id" if "id" in rows.columns else "")
        inputs = [column for key, column in table.columns.items() if key != "gold" and column in rows.columns]
        kept = [column for column in dict.fromkeys((ids, *inputs)) if column]
        at = [rows.columns.index(column) for column in kept]
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(kept)
        writer.writerows([as_text(row.cells[one]) for one in at] for row in rows.rows if isinstance(row, Row))
    return stream.getvalue()


def _write_templates(asked: BoardData, part: Path, dataset: str, task: str) -> None:
    major, minor = (int(number) for number in __version__.split(".")[:2])
    folder = files("nlptasks") / "_scaffold" / _SCAFFOLD
    values = {
        "name": asked.name,
        "dataset": dataset,
        "task": task,
        "floor": f"{major}.{minor}",
        "ceiling": f"{major + 1}",
        "submit": _submit(asked, dataset, task),
    }
    for place, template in _FILES.items():
        target = part / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Template((folder / template).read_text(encoding="utf-8")).substitute(values)
        target.write_text(text, encoding="utf-8")


def _submit(asked: BoardData, dataset: str, task: str) -> str:
    """How one submits, in the README: a record, or predictions where the gold answers are hidden."""
    if asked.withhold_gold:
        return (
            f"nlptasks run {task} data/{dataset}.csv --output predictions.csv\n"
            f"nlptasks leaderboard submit predictions.csv --to . --dataset {dataset} --name NAME --training zero-shot"
        )
    return (
        f"nlptasks eval --suite suite.yaml --dataset {dataset} --name NAME --output my-record\n"
        "nlptasks leaderboard submit my-record --to . --licence Apache-2.0 --training zero-shot"
    )
