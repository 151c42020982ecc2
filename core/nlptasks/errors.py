"""Errors that a person reads. Each says what was wrong, where, what was expected and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class NlptasksError(Exception):
    """A failure that is explained: the command line prints it without a traceback.

    ``teller`` is the plugin that raised it, as it stands in the message; empty: the core, or nobody was named.

    Args:
        message: What was wrong, and where.
        hint: What to do or type next.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.teller = ""

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(NlptasksError):
    """What was asked for cannot be asked: an unknown name, a flag that does not fit, a file that exists."""

    exit_code = 2


class DataError(NlptasksError):
    """A data file cannot be read as it is.

    Args:
        path: The file, or ``<stdin>``.
        message: What was wrong.
        line: Line of the file, counted from 1, where one is known.
        hint: What to do or type next.
    """

    def __init__(self, path: Path | str, message: str, *, line: int | None = None, hint: str = "") -> None:
        where = str(path) if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {message}", hint=hint)
        self.path = path
        self.line = line


class RejectedRowsError(NlptasksError):
    """All is done but for rows that could not be read or predicted, and were left out because that was asked for."""

    exit_code = 3


class PluginError(NlptasksError):
    """A plugin broke its contract; the message names the plugin."""


class BackboneMismatchError(NlptasksError):
    """A trained head was asked to work on a backbone that it was not trained on."""
