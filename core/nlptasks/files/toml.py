"""Reads the TOML files that users write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlptasks.errors import UsageError


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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the {what} {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not a TOML file: {error}") from error


def line_of(path: Path, key: Sequence[str]) -> int:
    """Find where a key stands in a TOML file, for an error that names it.

    Args:
        path: The file.
        key: The key, part by part, the tables that it is in first.

    Returns:
        The number of its line, counted from 1; 0 where it cannot be told.
    """
    import re

    table: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            table = _parts(header[1])
            full = table
        elif assigned := re.match(r"\s*([^=#]+?)\s*=", line):
            full = (*table, *_parts(assigned[1]))
        else:
            continue
        if full == tuple(key):
            return number
        if full == tuple(key)[: len(full)]:
            best = number  # the key stands in this line's table, perhaps in an inline one
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    import re

    return tuple(a or b or c for a, b, c in re.findall(r'"([^"]*)"|\'([^\']*)\'|([\w-]+)', dotted))
