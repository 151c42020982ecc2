"""A run of which nothing is kept."""

from __future__ import annotations

import pytest

from nlptasks._running.resuming.fleeting import Fleeting


def test_it_says_so_where_somebody_stops_it() -> None:
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt), Fleeting("why", told.append):
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="x"), Fleeting("why", told.append):
        raise ValueError("x")
    assert told == ["nothing is kept: why"]
