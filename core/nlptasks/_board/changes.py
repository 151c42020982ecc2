"""What changed between two boards: who came and went, who moved, and which numbers are others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlptasks._board.board import SCHEMA, VERSION, as_json, build
from nlptasks._board.text import number, rank
from nlptasks._plugins.registry import Registry
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_folder
from nlptasks.files.validated import problem_of
from nlptasks.files.whole import whole_text
from nlptasks.records.schema import Json

Place = tuple[str, str, str]

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
    sha256: str
    metric: str
    signature: str
    n: int
    rows: list[_Row]


class _Task(_Part):
    panels: list[_Panel]


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


def read_board(registry: Registry, path: Path) -> Json:
    """A board from a folder of records, or from the JSON that ``leaderboard build`` wrote.

    Raises:
        UsageError: There is neither.
        NlptasksError: The file holds no board, or one of another version.
    """
    if is_folder(path):
        return as_json(build(registry, path))
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


def _panels(board: Json) -> dict[Place, Json]:
    return {
        (panel["task"], panel["dataset"], panel["split"]): panel for task in board["tasks"] for panel in task["panels"]
    }


def _changes(old: Mapping[Place, Json], new: Mapping[Place, Json]) -> Iterator[BoardChange]:
    for place in sorted(old.keys() | new.keys()):
        task, dataset, split = place
        name = f"{dataset}, {split}" if split else dataset
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
