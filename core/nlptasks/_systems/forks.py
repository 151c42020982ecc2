"""What a server does that loads its model and then forks its workers."""

from __future__ import annotations

import os
import sys
from functools import cache


@cache
def survive_forks() -> None:
    """Let children of this process predict, too. Once for the process: such a hook cannot be taken back."""
    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        os.register_at_fork(after_in_child=_one_thread)


def _one_thread() -> None:
    """Keep PyTorch in the child to the one thread that it has.

    A fork copies the memory and no thread but its own, so that the child believes in a pool of threads that are gone,
    and waits for them without end.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
