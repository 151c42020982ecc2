"""Checks of the descriptors that a plugin returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from nlptasks._names import is_import_string
from nlptasks.errors import PluginError
from nlptasks.plugin import (
    ENCODE,
    ENTAILMENT,
    GENERATE,
    LABELS,
    LIKELIHOOD,
    PREDICTION,
    PROBABILITIES,
    PROMPT,
    SCORE,
    SPANS,
    STATE,
    BackboneSpec,
    BenchmarkSpec,
    Column,
    CommandSpec,
    Descriptor,
    EngineSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    PipelineSpec,
    TaskSpec,
)
from nlptasks.plugin.options import option_fields

CAPABILITIES = frozenset({ENCODE, GENERATE, SCORE, LABELS, SPANS, ENTAILMENT, PROMPT})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
#: ISO 639-1, or 639-3 for a language that has no code there.
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_RESOURCE = re.compile(r"[A-Za-z_]\w*(\.\w+)*:[\w./-]+")
_READS = (PREDICTION, LIKELIHOOD, PROBABILITIES, STATE)

#: Field names to a test and what the field must be.
Checks = Mapping[str, tuple[Callable[[Any], bool], str]]


def validate(spec: object, expected: type[Descriptor], hook: str) -> None:
    """Check one descriptor.

    Raises:
        PluginError: It is not one, or a field of it is not valid.
    """
    if type(spec) is not expected:
        raise PluginError(f"{hook} must return {expected.__name__} descriptors, got {type(spec).__name__}")
    checks = _CHECKS[expected]
    for field in fields(expected):
        value = getattr(spec, field.name)
        test, rule = checks[field.name]
        if not test(value):
            raise PluginError(f"{_title(spec)}: {field.name} must be {rule}, got {value!r}")
    if isinstance(spec, HeadSpec | BackboneSpec | FormatSpec | EngineSpec) and spec.options is not None:
        option_fields(spec.options)
    if isinstance(spec, TaskSpec):
        _check_task(spec)
    if isinstance(spec, BackboneSpec) and bool(spec.inspector) != bool(spec.scheme or spec.marker):
        raise PluginError(
            f"{_title(spec)}: an inspector goes with a scheme or a marker, and each of these with an inspector"
        )


def import_strings(spec: Descriptor) -> tuple[str, ...]:
    """Return what a valid descriptor names for later import."""
    named = (getattr(spec, name) for name, check in _CHECKS[type(spec)].items() if check in (_IMPORT, _MAYBE_IMPORT))
    return tuple(text for text in named if text)


def _check_task(spec: TaskSpec) -> None:
    if spec.primary not in spec.metrics:
        raise PluginError(f"{_title(spec)}: primary must be one of its metrics, got {spec.primary!r}")
    needed = {column.name for column in (*spec.inputs, spec.gold)}
    for example in spec.examples:
        if missing := sorted(needed - example.keys()):
            raise PluginError(f"{_title(spec)}: an example has no {', '.join(missing)}: {dict(example)!r}")


def _title(spec: object) -> str:
    return f"{type(spec).__name__} {getattr(spec, 'name', '')!r}"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _is_column(value: object) -> bool:
    return (
        isinstance(value, Column)
        and _is_line(value.name)
        and _tuple_of(_is_line)(value.aliases)
        and isinstance(value.summary, str)
        and isinstance(value.optional, bool)
    )


def _is_row(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)


def _is_range(value: object) -> bool:
    if not (isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, int | float) for v in value)):
        return False
    return bool(value[0] < value[1])


def _tuple_of(test: Callable[[Any], bool], *, empty: bool = True) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, tuple) and (empty or bool(value)) and all(map(test, value))


def _is_suffix(value: object) -> bool:
    return _is_line(value) and str(value).startswith(".")


def _is_pattern(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(re.compile(value))
    except re.error:
        return False


def _is_resource(value: object) -> bool:
    return isinstance(value, str) and _RESOURCE.fullmatch(value) is not None and ".." not in value


def _is_folder(value: object) -> bool:
    return _is_line(value) and all(part not in ("", ".", "..") for part in str(value).split("/"))


def _is_language(value: object) -> bool:
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def _are_capabilities(value: object) -> bool:
    return isinstance(value, frozenset) and value <= CAPABILITIES


_IMPORT = (is_import_string, "an import string like 'package.module:object'")
_MAYBE_IMPORT = (lambda value: value == "" or is_import_string(value), "empty or like 'package.module:object'")
_LINE = (_is_line, "one line of text")
_LINES = (_tuple_of(_is_line), "a tuple of lines of text")
_TEXT = (lambda value: isinstance(value, str), "a string")
_FLAG = (lambda value: isinstance(value, bool), "True or False")
_NAMED = (_is_name, "lower-case letters, digits, '-' and '_'")
_MAYBE_NAMED = (lambda value: value == "" or _is_name(value), "empty or lower-case letters, digits, '-' and '_'")
_MAYBE_FILE = (lambda value: value == "" or (_is_line(value) and "/" not in value), "empty or the name of a file")
_FOLDER = (_is_folder, "the name of a folder, or of one below another: 'weights/words'")
_OPTIONS = (lambda value: value is None or isinstance(value, type), "a frozen dataclass")
_LANGUAGES = (_tuple_of(_is_language), "a tuple of language codes like 'en'")
_SOME = f"of {', '.join(sorted(CAPABILITIES))}"

_COMMON: Checks = {"name": _NAMED, "summary": _LINE}
_CHECKS: Mapping[type[Descriptor], Checks] = MappingProxyType(
    {
        TaskSpec: {
            **_COMMON,
            "inputs": (_tuple_of(_is_column, empty=False), "a tuple of one or more Column"),
            "gold": (_is_column, "a Column"),
            "prediction": _IMPORT,
            "output": _LINE,
            "metrics": (_tuple_of(_is_name, empty=False), "a tuple of one or more metric names"),
            "primary": _NAMED,
            "baseline": _IMPORT,
            "examples": (_tuple_of(_is_row, empty=False), "a tuple of one or more rows of text by column"),
            "aliases": (_tuple_of(_is_name), "a tuple of names"),
            "recorded": (_tuple_of(_is_name), "a tuple of metric names"),
            "read_gold": _MAYBE_IMPORT,
            "describe_gold": _MAYBE_IMPORT,
        },
        HeadSpec: {
            **_COMMON,
            "task": _NAMED,
            "object": _IMPORT,
            "needs": (_are_capabilities, f"a frozenset {_SOME}"),
            "options": _OPTIONS,
            "default": _FLAG,
            "trainer": _MAYBE_IMPORT,
            "takes_layer": _FLAG,
            "languages": _LANGUAGES,
            "backbone": _MAYBE_NAMED,
            "weights": _FOLDER,
        },
        BackboneSpec: {
            **_COMMON,
            "object": _IMPORT,
            "provides": (lambda value: _are_capabilities(value) and bool(value), f"a frozenset of one or more {_SOME}"),
            "options": _OPTIONS,
            "default": _FLAG,
            "parameters": (lambda value: type(value) is int and value >= 0, "a whole number"),
            "languages": _LANGUAGES,
            "extra": _TEXT,
            "writes": _LANGUAGES,
            "trainer": _MAYBE_IMPORT,
            "scheme": _MAYBE_NAMED,
            "marker": _MAYBE_FILE,
            "inspector": _MAYBE_IMPORT,
        },
        MetricSpec: {
            **_COMMON,
            "object": _IMPORT,
            "range": (_is_range, "a pair of a lower and a higher number"),
            "higher_is_better": _FLAG,
            "reads": (lambda value: value in _READS, f"one of {', '.join(_READS)}"),
            "by_language": _FLAG,
            "conventions": _LINES,
            "traps": _LINES,
        },
        BenchmarkSpec: {
            **_COMMON,
            "suite": (_is_resource, "a file in a package, like 'package:suites/name.yaml'"),
        },
        FormatSpec: {
            **_COMMON,
            "suffixes": (_tuple_of(_is_suffix, empty=False), "a tuple of endings that start with a dot"),
            "object": _IMPORT,
            "magic": (_tuple_of(lambda value: isinstance(value, bytes) and bool(value)), "a tuple of bytes"),
            "extra": _TEXT,
            "options": _OPTIONS,
            "example": _TEXT,
        },
        PipelineSpec: {
            **_COMMON,
            "object": _IMPORT,
            "aliases": (_tuple_of(_is_name), "a tuple of names"),
            "pattern": (_is_pattern, "empty or a regular expression"),
            "fits": _MAYBE_IMPORT,
        },
        CommandSpec: {
            **_COMMON,
            "object": _IMPORT,
        },
        EngineSpec: {
            **_COMMON,
            "object": _IMPORT,
            "options": _OPTIONS,
            "extra": _TEXT,
        },
    }
)
