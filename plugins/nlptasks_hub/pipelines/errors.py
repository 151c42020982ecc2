"""The error of a pipeline's arguments."""

from __future__ import annotations

from nlptasks.errors import UsageError


class InputError(UsageError, ValueError):
    """An input or an argument that a pipeline cannot take.

    It is a ``ValueError`` too: that is what the pipelines of transformers 4 raised, and what code written for them
    catches.
    """
