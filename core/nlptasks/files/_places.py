"""Where in a user's file something stands, and how an error calls that place; for :mod:`nlptasks.files.validated`."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nlptasks.files.yaml import LocatedValue
from nlptasks.text.display import one_line

Location = tuple[int | str, ...]

#: Finds the line on which a place of a file stands, or what is around it; 0 or ``None``: it cannot be told.
Lines = Callable[[Location], int | None]


@dataclass(frozen=True)
class Place:
    """Where an error is.

    Args:
        title: What the mapping or list around it is called, with a colon; empty: it is the whole file.
        model: The model of that mapping, or of one around it.
        data: The mapping or list.
        key: The key in it, or the number of the item.
        inner: Where in the value of the key the error is.
        line: Line of the key, or of the mapping; 0: not known.
        of_model: Whether the mapping is that of the model itself.
    """

    title: str
    model: type[BaseModel]
    data: object
    key: int | str
    inner: Location
    line: int
    of_model: bool = True

    def where(self, path: Path) -> str:
        """The file and the line, where one is known."""
        return f"{path}:{self.line}" if self.line else str(path)

    @staticmethod
    def of(
        model: type[BaseModel], data: object, location: Location, called: Mapping[str, str], lines: Lines | None
    ) -> Place:
        """The place by what is called so and by names, as one calls what one wrote oneself."""
        title, at = "", 0
        while (step := _inside(model, data, location[at:])) is not None:
            key = str(location[at])
            model, data, taken = step
            at += taken
            title += _named(called.get(key, key), location[at - 1] if taken > 1 else None, data)
        found = str(location[at]) if at < len(location) else ""
        line = lines(location) or 0 if lines else 0
        if isinstance(data, LocatedValue):
            line = data.lines.get(found, data.line)
        return Place(title, model, data, found, location[at + 1 :], line)

    @staticmethod
    def of_import(model: type[BaseModel], data: object, location: Location, start: Location) -> Place:
        """The place by the keys and numbers that lead there, as one looks for it in what a program wrote."""
        at = 0
        while (step := _inside(model, data, location[at:])) is not None:
            model, data, taken = step
            at += taken
        plain_from = at
        while at + 1 < len(location):
            data, at = value_at(data, location[at]), at + 1
        around = (*start, *location[:at])
        title = f"{dotted(around)}: " if around else ""
        return Place(title, model, data, location[at] if location else "", (), 0, of_model=at == plain_from)

    @property
    def shown(self) -> str:
        """The key, or the item of a list, as errors name it."""
        return f"item [{self.key}]" if isinstance(self.key, int) else f"the key '{one_line(self.key, 80)}'"

    def stands(self) -> str:
        """What stands there in place of what was expected."""
        value = value_at(self.data, self.key)
        if not self.inner:
            return f"this is {kind_of(value)}"
        part = self.inner[0]
        inner = kind_of(value_at(value, part))
        return f"its item {part + 1} is {inner}" if isinstance(part, int) else f"its key {quoted(part)} is {inner}"


def dotted(place: Sequence[int | str]) -> str:
    """A place in a file as one text: ``results[0].metrics``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return one_line("".join(parts).removeprefix("."), 200)


def quoted(key: str) -> str:
    return one_line(repr(key), 80)


def values_of(data: object) -> Mapping[str, Any]:
    if isinstance(data, LocatedValue):
        return data.values
    return data if isinstance(data, Mapping) else {}


def value_at(data: object, key: int | str) -> object:
    """What stands under a key or number; ``None`` where nothing does."""
    if isinstance(key, int):
        return data[key] if isinstance(data, Sequence) and not isinstance(data, str) and key < len(data) else None
    return values_of(data).get(key)


def field_of(model: type[BaseModel], key: int | str) -> FieldInfo | None:
    """The field of a key, which may have another name in Python."""
    return next((field for name, field in model.model_fields.items() if key == (field.alias or name)), None)


def model_of(field: FieldInfo | None) -> tuple[type[BaseModel], int] | None:
    """The model of a key's value, and how many parts lead to it: 1, or 2 to an item of a list or mapping."""
    if field is None:
        return None
    kind = field.annotation
    kinds = [kind, *get_args(kind)]
    found = next((item for item in kinds if isinstance(item, type) and issubclass(item, BaseModel)), None)
    return (found, 2 if get_origin(kind) in (list, dict) else 1) if found else None


def _inside(model: type[BaseModel], data: object, location: Location) -> tuple[type[BaseModel], object, int] | None:
    """The mapping below a model that a place lies in, and how many parts lead to it; ``None``: it lies in none."""
    found = model_of(field_of(model, location[0])) if location else None
    if found is None or len(location) <= found[1]:
        return None
    for part in location[: found[1]]:
        data = value_at(data, part)
    return found[0], data, found[1]


def _named(called: str, part: int | str | None, data: object) -> str:
    """What a mapping is called: by its own name, by its number from 1, or by its key."""
    if part is None:
        return f"{called}: "
    name = values_of(data).get("name") if isinstance(part, int) else part
    if isinstance(name, str) and name:
        return f"{called} '{one_line(name, 80)}': "
    return f"{called} {part + 1 if isinstance(part, int) else part}: "


def keys_of(model: type[BaseModel], *, needed: bool = False) -> list[str]:
    fields = model.model_fields.items()
    return [field.alias or name for name, field in fields if field.is_required() or not needed]


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
