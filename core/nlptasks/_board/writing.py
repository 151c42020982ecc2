"""In which form a board is written: by the suffix of the output."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from nlptasks._board import plain
from nlptasks._board.board import Board
from nlptasks.errors import UsageError


def _html(board: Board) -> str:
    from nlptasks._board.page.html import as_html  # jinja2 is needed by no other form

    return as_html(board)


_WRITERS: dict[str, Callable[[Board], str]] = {
    "": plain.as_text,
    ".html": _html,
    ".md": plain.as_markdown,
    ".csv": plain.as_csv,
    ".json": plain.as_json_text,
}


def check_output(output: str, *, force: bool) -> str:
    """The form that an output is written in; a wrong name is found before anything is computed.

    Args:
        output: A file; empty: the terminal.
        force: Whether it may be replaced.

    Returns:
        The suffix; empty for the terminal.

    Raises:
        UsageError: The suffix is not known, or the file exists.
    """
    if not output:
        return ""
    suffix = Path(output).suffix.lower()
    if suffix not in _WRITERS or not suffix:
        raise UsageError(
            f"{output}: a board cannot be written as '{suffix}'", hint="end it in .html, .md, .csv or .json"
        )
    if not force and os.path.lexists(output):
        raise UsageError(f"{output} exists already", hint="--force overwrites it; or give another name")
    return suffix


def render(board: Board, suffix: str) -> str:
    """A board in one of its forms; see :func:`check_output`."""
    return _WRITERS[suffix](board)
