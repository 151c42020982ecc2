"""The files below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from nlptasks.errors import UsageError


def is_of_tools(name: str) -> bool:
    """Whether a file in a folder is no data: hidden, or what Spark and Parquet put beside theirs."""
    return name.startswith(".") or name in {"_SUCCESS", "_metadata", "_common_metadata"}


def walked(folder: Path, around: tuple[str, ...] = ()) -> Iterator[Path]:
    """The files in a folder and those below it, sorted by name; links are followed, hidden files are not seen.

    Args:
        folder: The folder.
        around: The real paths of those that it was reached through.

    Raises:
        UsageError: A link leads to a folder that it is in, or nowhere; or a folder may not be read.
    """
    here = os.path.realpath(folder)
    if here in around:
        raise UsageError(
            f"{folder} is a link that leads back to {here}: its files would be read again and again",
            hint="remove it, or name the files: 'FOLDER/*.csv'",
        )
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}", hint=f"see: ls -ld {folder}") from None
    for entry in entries:
        if is_of_tools(entry.name):
            continue
        try:
            mode = entry.stat().st_mode
        except OSError as error:
            why = "is a link that leads nowhere or in a circle" if entry.is_symlink() else "cannot be read"
            raise UsageError(f"{entry.path} {why}: {error.strerror}", hint="remove it, or name the files") from None
        if stat.S_ISDIR(mode):
            yield from walked(Path(entry.path), (*around, here))
        else:
            yield Path(entry.path)
