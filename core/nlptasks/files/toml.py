"""Reads the TOML files that users write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlptasks.errors import UsageError
from nlptasks.files.whole import whole_text


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Parse a TOML file.

    Args:
        path: The file.
        what: What errors call it.

    Raises:
        UsageError: It cannot be read, or is no TOML.
    """
    import tomllib  # few commands have a file to read

    try:
        return tomllib.loads(whole_text(path))
    except OSError as error:
        raise UsageError(f"cannot read the {what} {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not a TOML file: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{path} is not a TOML file that can be read: it is nested too deep") from error


def line_of(path: Path, key: Sequence[str | int]) -> int:
    """Find where a key stands in a TOML file, for an error that names it.

    Args:
        path: The file.
        key: The key, part by part, the tables that it is in first, and the number of each item of a list, from 0;
            without a number, the first item.

    Returns:
        The number of its line, counted from 1, or of the innermost table around it; 0 where it cannot be told.
    """
    from nlptasks.files._toml_lines import lines_of

    try:
        lines = lines_of(whole_text(path))
    except (OSError, ValueError, RecursionError):
        return 0
    place: tuple[str | int, ...] = ()
    best = 0
    for part in key:
        if isinstance(part, str) and (*place, 0) in lines:
            place = (*place, 0)
        place = (*place, part)
        if place in lines:
            best = lines[place]
        elif not any(found[: len(place)] == place for found in lines):
            break  # else it is a table that only the tables in it open
    return best
