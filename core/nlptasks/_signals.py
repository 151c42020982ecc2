"""A request to stop, told apart from a plugin that calls ``sys.exit``."""

from __future__ import annotations

import signal
from typing import NoReturn


class Terminated(SystemExit):
    """SIGTERM arrived. As a SystemExit it lets every cleanup run; plugin code must not swallow it."""

    def __init__(self) -> None:
        super().__init__(128 + signal.SIGTERM)


def stop_on_sigterm() -> None:
    """Raise :class:`Terminated` in the main thread when SIGTERM arrives."""

    def stop(*_: object) -> NoReturn:
        raise Terminated

    signal.signal(signal.SIGTERM, stop)
