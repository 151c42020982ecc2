"""Values of settings: from what flags, TOML, JSON or Python hold to what a field holds, and back to what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["string", "integer", "number", "boolean", "choice", "list", "integers"]

_UNITS: Mapping[str, int] = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_ESCAPED: Mapping[str, str] = {"n": "\n", "t": "\t", "\\": "\\"}


class TypedText(str):
    """What was typed for a setting whose kind depends on who has it: each takes it for a value of its own."""


def converted(kind: Kind, value: Any) -> Any:
    """``value`` as a field of a kind holds it; ``None`` where it is of another type."""
    if kind == "number":
        return _number(value)
    if kind in ("list", "integers"):
        return _items(value, integers=kind == "integers")
    # A bool is an int to Python, but `true` in a TOML file is no number.
    expected = {"integer": int, "boolean": bool}.get(kind, str)
    return value if type(value) is expected else None


def parsed(kind: Kind, text: str) -> Any:
    """What a text on a command line stands for; the text itself where it stands for no value of the kind."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return text


def size(value: Any) -> int | None:
    """``8MB`` is 8,388,608; ``None`` for what is no size."""
    if type(value) is int:
        return value
    if not isinstance(value, str):
        return None
    plain = value.strip().lower().removesuffix("b").removesuffix("i")
    number, unit = (plain[:-1], plain[-1]) if plain and plain[-1] in "kmg" else (plain, "")
    try:
        return int(float(number) * _UNITS[unit])
    except (ValueError, OverflowError):
        return None


def joined(items: tuple[Any, ...]) -> str:
    """A list in one value: its items with commas between, one that a comma or a quote would spoil in double quotes."""
    import csv
    import io

    line = io.StringIO()
    spoilt = any(str(item) != str(item).lstrip() or not str(item) for item in items)
    csv.writer(line, lineterminator="", quoting=csv.QUOTE_ALL if spoilt else csv.QUOTE_MINIMAL).writerow(items)
    return line.getvalue()


def unescaped(text: str) -> str:
    r"""A line break for ``\n``, a tab for ``\t``, ``\`` for ``\\``: what a command line can hardly hold otherwise."""
    import re

    return re.sub(r"\\([nt\\])", lambda found: _ESCAPED[found[1]], text)


def _number(value: Any) -> float | None:
    """Accept finite numbers only: a NaN passes every range check, and JSON has none."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < float("inf") else None


def _items(value: Any, *, integers: bool) -> tuple[Any, ...] | None:
    if isinstance(value, str):
        value = _split(value)
        if integers and value is not None:
            value = [parsed("integer", item.strip()) for item in value]
    if not isinstance(value, list | tuple):
        return None
    return tuple(value) if all(type(item) is (int if integers else str) for item in value) else None


def _split(text: str) -> list[str] | None:
    import csv

    try:
        return [item for row in csv.reader([text], skipinitialspace=True, strict=True) for item in row]
    except csv.Error:
        return None
