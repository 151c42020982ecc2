"""The runs that were stopped and are not finished: what a folder holds of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlptasks._running.resuming.keeping import SCHEMA
from nlptasks._running.resuming.kept import checked
from nlptasks._running.resuming.lines import LockedLines
from nlptasks._running.resuming.places import SUFFIX, kept_beside
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder, is_there


@dataclass(frozen=True, kw_only=True)
class LeftRun:
    """A run that was stopped.

    Args:
        path: The file with what is kept of it.
        output: What it was to write.
        rows: Rows that are kept.
        bytes: Size of the file.
        started: When it began.
        command: What goes on with it, as it was typed; empty: it was no command.
        writing: Whether a process is writing it, so that it is not stopped at all.
        damaged: Whether nothing can be made of the file.
    """

    path: Path
    output: str = ""
    rows: int = 0
    bytes: int = 0
    started: str = ""
    command: str = ""
    writing: bool = False
    damaged: bool = False


def left_runs(places: list[Path]) -> list[LeftRun]:
    """The runs that are left in some folders, and those of some outputs.

    Raises:
        UsageError: A place is neither a folder nor the output of such a run.
    """
    return [_read(path) for place in places for path in _files(place)]


def remove(run: LeftRun) -> bool:
    """Remove what is left of a run; whether that could be done: not of one that a process is writing."""
    try:
        file = LockedLines(run.path, advice="")
    except UsageError:
        return False
    file.remove()
    file.close()
    return True


def _files(place: Path) -> Iterator[Path]:
    if is_folder(place):
        yield from sorted(path for path in place.iterdir() if path.name.startswith(".") and path.name.endswith(SUFFIX))
        return
    kept = kept_beside(place)
    near = place.with_name(kept.name)  # the same, but for links, as it was typed
    if is_there(near) or is_there(kept):
        yield near if is_there(near) else kept
    else:
        raise UsageError(
            f"{place} is no folder, and nothing is kept of a run that writes it",
            hint="'nlptasks runs list FOLDER' lists what is kept",
        )


def _read(path: Path) -> LeftRun:
    size = path.stat().st_size
    try:
        file = LockedLines(path, advice="")
    except UsageError:
        writing = True
    else:
        writing = False
        file.close()
    head, rows = _ends(path)
    if head.get("schema") != SCHEMA:
        return LeftRun(path=path, bytes=size, writing=writing, damaged=True)
    about = head["about"]
    return LeftRun(
        path=path,
        output=str(path.parent / Path(about["output"]).name),
        rows=rows,
        bytes=size,
        started=about["started"],
        command=about["command"],
        writing=writing,
    )


def _ends(path: Path) -> tuple[dict[str, Any], int]:
    """The first line of a file and the rows that are kept up to its last one."""
    head: dict[str, Any] = {}
    last = b""
    with suppress(OSError), path.open("rb") as stream:
        head = checked(stream.readline()) or {}
        for line in stream:
            last = line if line.endswith(b"\n") else last
    said = checked(last) or {}
    return head, said.get("complete", said.get("first", 0) + said.get("rows", 0))
