"""Checks what users wrote into a file against a pydantic model, and says in one way what is wrong with it and where.

A message names the file, the line, where in the file it is, the key, what was expected and what stands there; a key
that is not known is answered with the nearest one and all that are. Import this only where there is a file to check:
pydantic takes longer to import than a listing may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from nlptasks._names import did_you_mean
from nlptasks.errors import DataError, UsageError
from nlptasks.files._places import (
    Lines,
    Location,
    Place,
    dotted,
    field_of,
    keys_of,
    kind_of,
    model_of,
    quoted,
    value_at,
    values_of,
)
from nlptasks.files.yaml import LocatedValue
from nlptasks.text.display import one_line

__all__ = [
    "Checked",
    "Lenient",
    "Lines",
    "Location",
    "ProblemError",
    "Rule",
    "dotted",
    "kind_of",
    "misplaced",
    "problem_of",
    "validated",
    "validated_import",
]

Model = TypeVar("Model", bound="Checked")


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
        return {key: value for key, value in values_of(data).items() if key not in needed or value not in (None, "")}


class Lenient(Checked):
    """A mapping that another program wrote: keys that are not declared are passed over, and null is no value."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, Mapping) else data


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
        first = min(found, key=_first)
        place = Place.of(model, data, first["loc"], called or {}, lines)
        problem, hint = _said(place, first)
        raise UsageError(f"{place.where(path)}: {place.title}{problem}", hint=hint) from None


def validated_import(
    model: type[Model],
    data: object,
    file: str,
    what: str,
    *,
    hint: str,
    at: Location = (),
    lines: Lines | None = None,
) -> Model:
    """Check a mapping of a file that another program wrote; an error gives its place as keys and numbers from 0.

    Args:
        model: What it must be.
        data: What was parsed.
        file: What errors call the file.
        what: What errors call the whole of it.
        hint: What to do where the file is none of the kind.
        at: The keys and numbers that lead to the mapping.
        lines: Finds lines; called for an error only.

    Raises:
        DataError: Something in it is missing or of the wrong kind; the first of these.
    """
    if not isinstance(data, Mapping):
        where = f"{dotted(at)}: this" if at else f"{what} is a mapping, and this"
        line = lines(at) if lines else None
        raise DataError(file, f"{where} is {kind_of(data)}{' and no mapping' if at else ''}", line=line, hint=hint)
    try:
        return model.model_validate(data)
    except (ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            raise DataError(file, "its lists and mappings are nested too deeply", hint=hint) from None
        first = min(error.errors(include_url=False, include_context=True, include_input=False), key=_first)
        place = Place.of_import(model, data, first["loc"], at)
        problem, own = _said(place, first)
        line = lines((*at, *first["loc"])) if lines else None
        raise DataError(file, f"{place.title}{problem}", line=line, hint="\n".join(filter(None, (own, hint)))) from None


def problem_of(error: ValidationError) -> str:
    """The first thing that is wrong with what was checked by another model: ``scores.f1.n: must be a whole number``."""
    first = error.errors(include_url=False)[0]
    where = f"{dotted(first['loc'])}: " if first["loc"] else ""
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{where}not known"
    return f"{where}missing" if first["type"] == "missing" else f"{where}must be {_usual(first)[0]}"


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
    place = Place.of(model, data, location, called or {}, lines)
    return UsageError(f"{place.where(path)}: {place.title}{problem}", hint=hint)


def _first(error: ErrorDetails) -> tuple[int, int]:
    """What is told first: keys that are not known, since they are often those that are missing."""
    order = {"extra_forbidden": 0, "missing": 1}
    return min((part for part in error["loc"] if isinstance(part, int)), default=-1), order.get(error["type"], 2)


def _said(place: Place, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what to write."""
    known = keys_of(place.model)
    field = field_of(place.model, place.key) if place.of_model else None
    rule = next((item for item in field.metadata if isinstance(item, Rule)), None) if field else None
    if error["type"] == "extra_forbidden":
        shown = one_line(repr(place.key), 80)
        return f"the key {shown} is not known{did_you_mean(str(place.key), known)}", f"known: {', '.join(known)}"
    if error["type"] == "missing":
        hints = [f"needed: {', '.join(keys_of(place.model, needed=True))}", rule.hint if rule else ""]
        return f"has no '{place.key}'", "\n".join(filter(None, hints))
    if error["type"] == "value_error":
        return f"{place.shown} {error['ctx']['error']}", getattr(error["ctx"]["error"], "hint", "")
    inner = model_of(field)
    if inner is not None and place.inner:
        number = place.inner[-1]
        shown = kind_of(value_at(value_at(place.data, place.key), number))
        hint = f"write a mapping with {', '.join(keys_of(inner[0], needed=True))}"
        return f"{place.shown} has {shown} as item {number + 1 if isinstance(number, int) else quoted(number)}", hint
    expected, hint = _usual(error)
    if rule:
        expected, hint = rule.expected, rule.hint or hint
    return f"{place.shown} must be {expected}, and {place.stands()}", hint


def _usual(error: ErrorDetails) -> tuple[str, str]:
    words = {
        "string_type": ("a text", "put it in quotes"),
        "bool_type": ("true or false", "write true or false, without quotes"),
        "int_type": ("a whole number", ""),
        "int_parsing": ("a whole number", ""),
        "int_from_float": ("a whole number", ""),
        "float_type": ("a number", ""),
        "float_parsing": ("a number", ""),
        "finite_number": ("a finite number", ""),
        "list_type": ("a list", ""),
        "tuple_type": ("a list", ""),
        "dict_type": ("a mapping", ""),
        "mapping_type": ("a mapping", ""),
        "model_type": ("a mapping", ""),
        "dataclass_type": ("a mapping", ""),
    }
    message = error["msg"].removeprefix("Input should be ")
    return words.get(error["type"], (message[:1].lower() + message[1:], ""))
