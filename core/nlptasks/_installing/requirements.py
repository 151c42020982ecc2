"""Files of requirements: what ``plugins freeze`` prints, and what ``plugins install`` remembers."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._names import spelled
from nlptasks.errors import UsageError
from nlptasks.files.atomic import atomic_output
from nlptasks.files.names import is_file
from nlptasks.files.whole import whole_text
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_REMEMBERED = """\
# What 'nlptasks plugins install' installed into {prefix}.
# 'nlptasks plugins sync' installs what is missing of it, after an upgrade of nlptasks say.
"""


@dataclass(frozen=True)
class Wanted:
    """A requirement.

    Args:
        text: As it is written.
        requirement: What it says.
    """

    text: str
    requirement: Requirement

    @property
    def name(self) -> str:
        """The distribution, in the one spelling of its name."""
        return spelled(self.requirement.name)


def read_requirements(path: Path) -> list[Wanted]:
    """Read a file with a requirement a line; comments begin with ``#``.

    Raises:
        UsageError: It cannot be read, or a line is no requirement.
    """
    try:
        lines = whole_text(path).split("\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"cannot read the requirements {path}: {reason}") from error
    found = []
    for number, line in enumerate(lines, 1):
        text = line.strip() if line.lstrip().startswith("#") else line.partition(" #")[0].strip()
        if text and not text.startswith("#"):
            found.append(_wanted(text, f"{path}:{number}"))
    return found


def parsed(text: str) -> Wanted | None:
    """The requirement that a text is; ``None`` for a path, an address, or what is none."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Wanted(text, Requirement(text))
    except InvalidRequirement:
        return None


def _wanted(text: str, where: str) -> Wanted:
    found = parsed(text)
    if found is None:
        raise UsageError(
            f"{where}: {one_line(text)!r} is no requirement",
            hint="write NAME, NAME==VERSION or NAME @ ADDRESS, one a line, as 'nlptasks plugins freeze' does",
        )
    return found


def remembered_file() -> Path:
    """Where it is kept what was installed into this environment; the file may not exist."""
    digits = f"{zlib.crc32(sys.prefix.encode('utf-8', 'surrogateescape')):08x}"
    return Path(click.get_app_dir("nlptasks")) / "installed" / f"{digits}.txt"


def remembered() -> list[Wanted]:
    """What ``plugins install`` installed into this environment, as it was asked for.

    Raises:
        UsageError: Somebody wrote into the file what is no requirement.
    """
    file = remembered_file()
    return read_requirements(file) if is_file(file) else []


def remember(texts: Iterable[str]) -> None:
    """Remember requirements, each in the place of what was remembered of its distribution.

    Raises:
        NlptasksError: The file cannot be written.
    """
    new = [one for one in map(parsed, texts) if one]
    names = {one.name for one in new}
    _write([*(one for one in remembered() if one.name not in names), *new])


def forget(names: Iterable[str]) -> None:
    """Remember nothing of some distributions any more.

    Raises:
        NlptasksError: The file cannot be written.
    """
    gone = set(map(spelled, names))
    old = remembered()
    if kept := [one for one in old if one.name not in gone]:
        if kept != old:
            _write(kept)
    elif old:
        remembered_file().unlink(missing_ok=True)


def _write(wanted: Iterable[Wanted]) -> None:
    file = remembered_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {file.parent}: {error.strerror}") from error
    lines = sorted({one.text for one in wanted})
    text = _REMEMBERED.format(prefix=one_line(sys.prefix)) + "".join(f"{line}\n" for line in lines)
    with atomic_output(file, force=True) as stream:
        stream.write(text.encode("utf-8"))
