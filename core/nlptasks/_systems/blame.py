"""Errors of what plugins bring, told in the plugin's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nlptasks._signals import Terminated
from nlptasks.errors import NlptasksError, PluginError
from nlptasks.text.display import one_line


@contextmanager
def blame(who: str) -> Iterator[None]:
    """Turn whatever a plugin's code raises into an error that names it; explained errors pass as they are.

    Args:
        who: What the error names, for example ``the head nlptasks:topics``.

    Raises:
        PluginError: The code raised something that is no explained error.
    """
    try:
        yield
    except (NlptasksError, KeyboardInterrupt, Terminated):
        raise  # explained already, or the user's own wish to stop
    except BaseException as error:
        # Not Exception: a head that calls sys.exit or cancels a task would otherwise end the run without a word.
        cause = one_line(f"{type(error).__name__}: {error}")
        raise PluginError(
            f"{who} failed: {cause}", hint="`nlptasks --traceback run ...` shows where; tell its author"
        ) from error
