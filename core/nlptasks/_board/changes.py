"""What changed between two boards: who came and went, who moved, and which numbers are others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlptasks._board.board import SCHEMA, VERSION, Board, as_json, build
from nlptasks._board.plain import piped
from nlptasks._board.text import decimals, number, rank
from nlptasks._board.trust import Believed
from nlptasks._plugins.registry import Registry
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_folder
from nlptasks.files.validated import problem_of
from nlptasks.files.whole import whole_text
from nlptasks.records.canonical import Json
from nlptasks.records.store import find_records

Place = tuple[str, str, str, str]

#: Fields of a system's row that are compared, by what a change of them is called.
_FIELDS = {"position": "moved", "rank": "rank interval", "score": "score", "trust": "trust"}

#: The same of a data set.
_DATA = {"sha256": "data", "metric": "metric", "signature": "signature", "n": "samples"}


class _Part(BaseModel):
    """A part of a board as JSON has it; a board holds more than what is compared."""

    model_config = ConfigDict(strict=True)


class _Row(_Part):
    system: str
    position: int | None
    rank: Annotated[list[int], Field(min_length=2, max_length=2)] | None
    score: float | None
    trust: str


class _Panel(_Part):
    task: str
    dataset: str
    split: str
    version: str = ""
    sha256: str
    metric: str
    signature: str
    n: int
    rows: list[_Row]


class _Task(_Part):
    panels: list[_Panel]
    retired: list[_Panel] = []


class _Board(_Part):
    tasks: list[_Task]


@dataclass(frozen=True, kw_only=True)
class BoardChange:
    """A difference.

    Args:
        task: The task.
        dataset: The data set.
        system: The system; empty: it is about the data set.
        what: What it is about: ``appeared``, ``vanished``, ``moved``, ``score``, ``signature``, ...
        old: What it was.
        new: What it is.
    """

    task: str
    dataset: str
    system: str = ""
    what: str
    old: str = ""
    new: str = ""


def read_board(registry: Registry, path: Path, believed: Believed | None = None) -> Json:
    """A board from a folder of records, or from the JSON that ``leaderboard build`` wrote.

    A folder without a record is a board without a system: so begins every leaderboard.

    Args:
        registry: What is installed.
        path: The folder or file.
        believed: Of a folder, whose attestations count, and what data.

    Raises:
        UsageError: There is neither.
        NlptasksError: The file holds no board, or one of another version.
    """
    if is_folder(path):
        return as_json(build(registry, path, believed=believed) if find_records(path) else Board())
    try:
        found = json.loads(whole_text(path))
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}",
            hint="give a folder of records, or a board: nlptasks leaderboard build DIR -o FILE.json",
        ) from error
    except (ValueError, RecursionError) as error:
        raise NlptasksError(f"{path}: no JSON ({error})", hint="build it again: nlptasks leaderboard build") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or found.get("version") != VERSION:
        raise NlptasksError(
            f"{path}: not a board of this version", hint=f'its "schema" must be "{SCHEMA}", its "version" {VERSION}'
        )
    try:
        _Board.model_validate(found)
    except ValidationError as error:
        raise NlptasksError(
            f"{path}: {problem_of(error)}", hint="it is damaged; build it again: nlptasks leaderboard build"
        ) from error
    return found


def changes(old: Json, new: Json) -> list[BoardChange]:
    """What differs between two boards, by task, data set and system."""
    return list(_changes(_panels(old), _panels(new)))


#: Lines of a comment: a pull request that changes more is read with other tools.
_LINES = 60


def as_markdown(old: Json, new: Json) -> str:
    """What differs, as a comment on a pull request: what came in a table of its own, with its place; then the rest."""
    found = changes(old, new)
    came = [change for change in found if change.system and change.what == "appeared"]
    rest = [change for change in found if change not in came]
    parts = [f"### What this changes on the board\n\n{_counted(came, found)}\n"]
    if came:
        rows = [_came(_panels(new), change) for change in came]
        parts.append(piped(("Task", "Data set", "System", "Place", "Rank", "Score", "Trust"), rows[:_LINES]) + "\n")
    if rest:
        lines = [(item.task, item.dataset, item.system, item.what, item.old, item.new) for item in rest]
        parts.append(piped(("Task", "Data set", "System", "What", "Was", "Is"), lines[:_LINES]) + "\n")
    if (more := len(came[_LINES:]) + len(rest[_LINES:])) > 0:
        parts.append(f"{more} more are not shown.\n")
    out = {item["record"]: item["reason"] for item in new.get("left_out", ())}
    fresh = [
        (record, out[record]) for record in sorted(out.keys() - {item["record"] for item in old.get("left_out", ())})
    ]
    if fresh:
        parts += ["Left out, and why:\n", piped(("Record", "Reason"), fresh[:_LINES]) + "\n"]
    return "\n".join(parts)


def _counted(came: list[BoardChange], found: list[BoardChange]) -> str:
    if not found:
        return "Nothing."
    gone = [change for change in found if change.system and change.what == "vanished"]
    moved = {(change.task, change.dataset, change.system) for change in found if change.what == "moved"}
    parts = (f"{len(came)} came", f"{len(gone)} went", f"{len(moved)} moved")
    return ", ".join(parts) + "."


def _came(panels: Mapping[Place, Json], change: BoardChange) -> tuple[str, ...]:
    panel = next(panel for place, panel in panels.items() if place[0] == change.task and _name(place) == change.dataset)
    row = _by_system(panel)[change.system]
    digits = decimals(tuple(panel.get("scale") or (0.0, 1.0)))
    score = number(row["score"], digits)
    if row.get("low") is not None and row.get("high") is not None:
        score += f" [{number(row['low'], digits)}, {number(row['high'], digits)}]"
    place = _shown("position", row["position"])
    return change.task, change.dataset, change.system, place, _shown("rank", row["rank"]), score, row["trust"]


def _name(place: Place) -> str:
    _, dataset, split, version = place
    return ", ".join(filter(None, (dataset, split, version and f"version {version}, retired")))


def _panels(board: Json) -> dict[Place, Json]:
    return {
        (panel["task"], panel["dataset"], panel["split"], panel.get("version", "") if retired else ""): panel
        for task in board["tasks"]
        for retired, panels in ((False, task["panels"]), (True, task.get("retired", ())))
        for panel in panels
    }


def _changes(old: Mapping[Place, Json], new: Mapping[Place, Json]) -> Iterator[BoardChange]:
    for place in sorted(old.keys() | new.keys()):
        task, name = place[0], _name(place)
        before, after = old.get(place), new.get(place)
        if before is None or after is None:
            yield BoardChange(task=task, dataset=name, what="appeared" if before is None else "vanished")
        if before is not None and after is not None:
            for field, what in _DATA.items():
                if before[field] != after[field]:
                    was, now = _shown(field, before[field]), _shown(field, after[field])
                    yield BoardChange(task=task, dataset=name, what=what, old=was, new=now)
        yield from _rows(task, name, _by_system(before), _by_system(after))


def _by_system(panel: Json) -> dict[str, Json]:
    return {row["system"]: row for row in panel["rows"]} if panel is not None else {}


def _rows(task: str, dataset: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[BoardChange]:
    for system in sorted(old.keys() | new.keys()):
        if system not in old:
            at = _shown("position", new[system]["position"])
            yield BoardChange(task=task, dataset=dataset, system=system, what="appeared", new=f"at {at}")
        elif system not in new:
            at = _shown("position", old[system]["position"])
            yield BoardChange(task=task, dataset=dataset, system=system, what="vanished", old=f"at {at}")
        else:
            for field, what in _FIELDS.items():
                was, now = old[system][field], new[system][field]
                if was != now and (not isinstance(was, list | tuple) or list(was) != list(now or ())):
                    shown = _shown(field, was), _shown(field, now)
                    yield BoardChange(task=task, dataset=dataset, system=system, what=what, old=shown[0], new=shown[1])


def _shown(field: str, value: Json) -> str:
    if field == "rank":
        return rank(tuple(value) if value else None)
    if field == "score":
        return number(value, 4)
    if field == "sha256":
        return str(value)[:12]
    return "–" if value is None else str(value)
