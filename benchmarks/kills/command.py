"""The command itself, with blocks of few rows that are kept often: a kill may come at many places of a short run."""

from __future__ import annotations

import nlptasks._running.run as running
from nlptasks._cli.main import main
from nlptasks._running.resuming import keeping
from nlptasks._tables.blocks import Sizes

keeping._FIRST, keeping._EVERY, keeping._PART = 0.05, 0.02, 1e9
running.Sizes = lambda **_: Sizes(first=8, largest=16)  # type: ignore[attr-defined]

if __name__ == "__main__":
    main()
