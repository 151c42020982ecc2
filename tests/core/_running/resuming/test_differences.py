"""Where two keys differ."""

from __future__ import annotations

from nlptasks._running.resuming.differences import differing


def test_fields_are_named_by_their_path() -> None:
    old = {"a": 1, "b": {"c": "x", "d": [1]}, "e": ""}
    new = {"a": 1, "b": {"c": "y", "d": [1]}, "f": None, "e": "long " * 50}
    assert differing(old, new) == [("b.c", "x", "y"), ("e", "''", "long " * 12 + "...")]
    assert differing(old, old) == []
