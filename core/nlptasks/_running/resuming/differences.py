"""Where the keys of two runs or of two evaluations differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: Characters of a value that a complaint quotes.
_QUOTED = 60


def differing(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str, str]]:
    """Where two keys differ: the field, and its value in each, cut to a line."""
    found: list[tuple[str, str, str]] = []
    for name in sorted(old.keys() | new.keys()):
        left, right = old.get(name), new.get(name)
        if isinstance(left, dict) and isinstance(right, dict):
            found += differing(left, right, f"{prefix}{name}.")
        elif left != right:
            found.append((f"{prefix}{name}", _shown(left), _shown(right)))
    return found


def _shown(value: Any) -> str:
    try:
        text = (
            "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        )
    except RecursionError:  # of a file that somebody wrote
        text = "what is nested too deep"
    return (text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...") or "''"
