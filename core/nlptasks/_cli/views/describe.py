"""Descriptors as JSON and as lines of text."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nlptasks._plugins.registry import Owned, Registry, key_of
from nlptasks.plugin.options import json_schema, option_fields
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._systems.references import Referred


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


def checkpoint_as_json(registry: Registry, referred: Referred) -> dict[str, Any]:
    """Return what a checkpoint says of itself, with the heads that it can have by task."""
    from nlptasks._systems.carried import heads_for

    found = referred.inspection
    ready, trainable = heads_for(registry, found)
    return {
        "reference": referred.reference,
        "backbone": referred.backbone.qualified,
        "kind": found.kind or None,
        "layer": found.layer or None,
        "labels": list(found.labels),
        "provides": sorted(found.provides),
        "tasks": ready,
        "tasks after training": trainable,
        "parameters": found.parameters or None,
        "max_tokens": found.max_tokens or None,
        "languages": list(found.languages),
        "facts": dict(found.facts),
    }


def checkpoint_as_lines(shown: Mapping[str, Any]) -> Iterator[str]:
    """Yield a checkpoint as text, of what :func:`checkpoint_as_json` returned."""
    yield one_line(f"{shown['reference']}: {shown['kind'] or 'a checkpoint'}, opened by {shown['backbone']}")
    parameters, longest = shown["parameters"], shown["max_tokens"]
    fields = {
        "layer": shown["layer"] or "none",
        "labels": ", ".join(shown["labels"]),
        "provides": ", ".join(shown["provides"]) or "nothing that a head needs",
        "tasks": _by_task(shown["tasks"]) or "none as it is",
        "after training": _by_task(shown["tasks after training"]),
        "weights": f"{parameters:,}" if parameters else "not known",
        "longest input": f"{longest:,} tokens" if longest else "no limit is said",
        "languages": ", ".join(shown["languages"]) or "not said",
        **shown["facts"],
    }
    for name, value in fields.items():
        if value:
            yield one_line(f"  {name}: {value}")


def _by_task(heads: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{task} (head {' or '.join(names)})" for task, names in heads.items())


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
