"""Descriptors as JSON and as lines of text."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

from nlptasks._registry import Owned, key_of
from nlptasks._text import one_line
from nlptasks.options import json_schema, option_fields


def as_json(item: Owned[Any]) -> dict[str, Any]:
    """Return a descriptor with its owner; options as their JSON schema."""
    fields = {field.name: _plain(getattr(item.spec, field.name)) for field in dataclasses.fields(item.spec)}
    options = getattr(item.spec, "options", None)
    if "options" in fields:
        fields["options"] = json_schema(options) if options else None
    return fields | {"plugin": item.plugin, "distribution": item.distribution, "qualified": item.qualified}


def as_lines(item: Owned[Any]) -> Iterator[str]:
    """Yield a descriptor as text: a title, its fields that are not empty, and its options."""
    yield f"{key_of(item.spec)}: {one_line(item.spec.summary)}"
    for name, value in as_json(item).items():
        if name not in ("name", "summary", "options", "plugin", "distribution") and value not in ("", [], None):
            yield f"  {name}: {one_line(_shown(value))}"
    if options := getattr(item.spec, "options", None):
        yield "  options:"
        for option in option_fields(options):
            choices = f" ({', '.join(option.choices)})" if option.choices else f" ({option.kind})"
            yield one_line(f"    {option.flag}{choices}: {option.help or '-'} [default: {option.default!r}]")


def _plain(value: Any) -> Any:
    """Return a field's value as JSON holds it."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no infinity: a range without an end
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return str(value.get("name", value))
    return str(value)
