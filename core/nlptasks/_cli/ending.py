"""A plugin does not end the process past us: the exit code says whether the command was done."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn

__all__ = ["Ending"]

#: What leaves the process at once, with all that is buffered and every clean-up of ours, and with a code of its choice.
_LEAVING = ("_exit", "execv", "execve")


class Ending:
    """How this process may end; a child that it forks ends as it likes, as those of Python's own libraries do."""

    def __init__(self) -> None:
        self._own = os.getpid()
        self._end = os._exit
        self._code: int | None = None
        for name in _LEAVING:
            setattr(os, name, self._guarded(name, getattr(os, name)))

    def is_near(self, code: int) -> None:
        """All is done: what ends the process from here on ends it with this code."""
        self._code = code

    def now(self, code: int) -> NoReturn:
        """End the process without waiting for its threads."""
        self._end(code)

    def _guarded(self, name: str, leave: Callable[..., object]) -> Callable[..., object]:
        def guarded(*args: object, **named: object) -> object:
            if os.getpid() != self._own:
                return leave(*args, **named)
            if self._code is not None:
                self._end(self._code)
            shown = f"{args[0]}" if args and isinstance(args[0], int) else "..."
            raise SystemExit(f"os.{name}({shown}), which would end the command before it is done")

        return guarded
