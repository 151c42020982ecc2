"""Checks what users wrote into a file against a pydantic model, and says in one way what is wrong with it and where.

A message names the file, the line, where in the file it is, the key, what was expected and what stands there; a key
that is not known is answered with the nearest one and all that are. Import this only where there is a file to check:
pydantic takes longer to import than a listing may.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from nlptasks._names import did_you_mean
from nlptasks.errors import UsageError
from nlptasks.files.yaml import LocatedValue
from nlptasks.text.display import one_line

__all__ = ["Checked", "ProblemError", "Rule", "kind_of", "misplaced", "validated"]

Model = TypeVar("Model", bound="Checked")

Location = tuple[int | str, ...]

#: Finds the line on which a place of a file stands, or what is around it; 0 or ``None``: it cannot be told.
Lines = Callable[[Location], int | None]


class Checked(BaseModel):
    """A mapping of a file: no key but those that are declared, and no value made into one of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        # Its values stay nodes until their own model asks: aliases can make a tree larger than memory.
        if not isinstance(data, LocatedValue | Mapping):
            return data
        needed = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {key: value for key, value in _values(data).items() if key not in needed or value not in (None, "")}


@dataclass(frozen=True)
class Rule:
    """What a key must be, in words; stands in the annotation of a field.

    Args:
        expected: What it must be: ``a list of texts``.
        hint: What to write: ``write meta: ["..."]``.
    """

    expected: str
    hint: str = ""


class ProblemError(ValueError):
    """What a model's own validator finds wrong with a key: ``the key 'file' leads out of the folder``.

    Args:
        problem: What is wrong, as it goes on behind the key.
        hint: What to write.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


def validated(
    model: type[Model],
    data: object,
    path: Path,
    what: str,
    *,
    called: Mapping[str, str] | None = None,
    context: Mapping[str, Any] | None = None,
    lines: Lines | None = None,
) -> Model:
    """Check what a file holds.

    Args:
        model: What it must be.
        data: What was parsed, with nodes for mappings where the lines are known.
        path: The file.
        what: What errors call the whole of it.
        called: What errors call the items of a list, by its key: ``{"datasets": "data set"}``.
        context: What the model's own validators are given.
        lines: Finds lines, where the data have no nodes that know theirs; called for an error only.

    Raises:
        UsageError: Something in it is missing, not known or of the wrong kind; the first of these.
    """
    if not isinstance(data, LocatedValue | Mapping):
        raise UsageError(
            f"{path}: a {what} is a mapping, and this is {kind_of(data)}",
            hint=f"write its keys at the start of lines: {', '.join(model.model_fields)}",
        )
    try:
        return model.model_validate(data, context=dict(context or {}))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True, include_input=False)
        raise _explained(model, data, path, min(found, key=_first), called or {}, lines) from None


def misplaced(
    model: type[Checked],
    data: object,
    path: Path,
    location: Location,
    problem: str,
    hint: str = "",
    *,
    called: Mapping[str, str] | None = None,
    lines: Lines | None = None,
) -> UsageError:
    """What is wrong at a place, for what no model can tell.

    Args:
        model: What the file holds.
        data: What was parsed.
        path: The file.
        location: Keys and numbers that lead there; the last may be one that is not there.
        problem: What is wrong.
        hint: What to write.
        called: What errors call the items of a list, by its key.
        lines: Finds lines, where the data have no nodes that know theirs.
    """
    place = _Place.of(model, data, location, called or {}, lines)
    return UsageError(f"{place.where(path)}: {place.title}{problem}", hint=hint)


def kind_of(value: object) -> str:
    """What a value is, in words, with the value itself where it is short."""
    if value is None:
        return "empty"
    if isinstance(value, LocatedValue | Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    words = {str: "the text", bool: "the truth value", int: "the number", float: "the number"}
    return f"{words.get(type(value), f'a {type(value).__name__}')} {one_line(reprlib.repr(value), 80)}"


def _first(error: ErrorDetails) -> tuple[int, int]:
    """What is told first: keys that are not known, since they are often those that are missing."""
    order = {"extra_forbidden": 0, "missing": 1}
    return min((part for part in error["loc"] if isinstance(part, int)), default=-1), order.get(error["type"], 2)


def _explained(
    model: type[Checked],
    data: object,
    path: Path,
    error: ErrorDetails,
    called: Mapping[str, str],
    lines: Lines | None,
) -> UsageError:
    place = _Place.of(model, data, error["loc"], called, lines)
    problem, hint = _said(place, error)
    return UsageError(f"{place.where(path)}: {place.title}{problem}", hint=hint)


@dataclass(frozen=True)
class _Place:
    """Where an error is.

    Args:
        title: What the mapping around it is called, with a colon; empty: it is the whole file.
        model: The model of that mapping.
        values: Its values.
        key: The key in it.
        inner: Where in the value of the key the error is.
        line: Line of the key, or of the mapping; 0: not known.
    """

    title: str
    model: type[Checked]
    values: Mapping[str, Any]
    key: str
    inner: Location
    line: int

    def where(self, path: Path) -> str:
        """The file and the line, where one is known."""
        return f"{path}:{self.line}" if self.line else str(path)

    @staticmethod
    def of(
        model: type[Checked], data: object, location: Location, called: Mapping[str, str], lines: Lines | None
    ) -> _Place:
        title, at = "", 0
        while at + 2 < len(location) and isinstance(location[at + 1], int):
            key, number = str(location[at]), int(location[at + 1])
            inner = _model_of(model.model_fields.get(key))
            items = _values(data).get(key)
            if inner is None or not isinstance(items, Sequence):
                break
            model, data, at = inner, items[number], at + 2
            name = _values(data).get("name")
            shown = f"'{one_line(name, 80)}'" if isinstance(name, str) and name else str(number + 1)
            title = f"{title}{called.get(key, key)} {shown}: "
        key = str(location[at]) if at < len(location) else ""
        line = lines(location) or 0 if lines else 0
        if isinstance(data, LocatedValue):
            line = data.lines.get(key, data.line)
        return _Place(title, model, _values(data), key, location[at + 1 :], line)

    def stands(self) -> str:
        """What stands there in place of what was expected."""
        value = self.values.get(self.key)
        if not self.inner:
            return f"this is {kind_of(value)}"
        part = self.inner[0]
        if isinstance(part, int):
            assert isinstance(value, list)
            return f"its item {part + 1} is {kind_of(value[part])}"
        return f"its key {one_line(repr(part), 80)} is {kind_of(_values(value).get(part))}"


def _values(data: object) -> Mapping[str, Any]:
    if isinstance(data, LocatedValue):
        return data.values
    return data if isinstance(data, Mapping) else {}


def _model_of(field: FieldInfo | None) -> type[Checked] | None:
    """The model of a list's items; ``None`` where they have none."""
    if field is None:
        return None
    found = [item for item in get_args(field.annotation) if isinstance(item, type) and issubclass(item, Checked)]
    return found[0] if found else None


def _said(place: _Place, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to write."""
    known = list(place.model.model_fields)
    field = place.model.model_fields.get(place.key)
    rule = next((item for item in field.metadata if isinstance(item, Rule)), None) if field else None
    if error["type"] == "extra_forbidden":
        shown = one_line(repr(place.key), 80)
        return f"the key {shown} is not known{did_you_mean(place.key, known)}", f"known: {', '.join(known)}"
    if error["type"] == "missing":
        needed = [name for name, field in place.model.model_fields.items() if field.is_required()]
        hints = [f"needed: {', '.join(needed)}", rule.hint if rule else ""]
        return f"has no '{place.key}'", "\n".join(filter(None, hints))
    if error["type"] == "value_error":
        return f"the key '{place.key}' {error['ctx']['error']}", getattr(error["ctx"]["error"], "hint", "")
    inner = _model_of(field)
    if inner is not None and isinstance(number := error["loc"][-1], int):
        needed = [name for name, item in inner.model_fields.items() if item.is_required()]
        shown = kind_of(place.values[place.key][number])
        return f"the key '{place.key}' has {shown} as item {number + 1}", f"write a mapping with {', '.join(needed)}"
    expected, hint = _usual(error)
    if rule:
        expected, hint = rule.expected, rule.hint or hint
    return f"the key '{place.key}' must be {expected}, and {place.stands()}", hint


def _usual(error: ErrorDetails) -> tuple[str, str]:
    words = {
        "string_type": ("a text", "put it in quotes"),
        "bool_type": ("true or false", "write true or false, without quotes"),
        "int_type": ("a whole number", ""),
        "float_type": ("a number", ""),
        "finite_number": ("a finite number", ""),
        "list_type": ("a list", ""),
        "tuple_type": ("a list", ""),
        "dict_type": ("a mapping", ""),
        "mapping_type": ("a mapping", ""),
    }
    message = error["msg"].removeprefix("Input should be ")
    return words.get(error["type"], (message[:1].lower() + message[1:], ""))
