"""Reads the TOML files that users write."""

from __future__ import annotations

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
