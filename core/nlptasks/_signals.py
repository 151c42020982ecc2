"""A request to stop, told apart from a plugin that calls ``sys.exit``."""

from __future__ import annotations

import signal
from typing import NoReturn

#: The signals that ask a process to end, beside that of the keyboard; Windows lacks some.
STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGXCPU") if hasattr(signal, name))


class Terminated(SystemExit):
    """A signal asks the process to end. As a SystemExit it lets every cleanup run; plugin code must not swallow it."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        """Make the code that a shell expects of a process that a signal ended.

        Args:
            number: The signal.
        """
        super().__init__(128 + number)


def stop_on_signals() -> None:
    """Raise :class:`Terminated` in the main thread when a signal asks the process to end.

    A signal that whoever started the process has it ignore stays ignored: ``nohup`` does that with SIGHUP.
    """

    def stop(number: int, _frame: object) -> NoReturn:
        raise Terminated(number)

    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
