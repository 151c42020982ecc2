"""Settings: a frozen dataclass says all about them; flags, TOML keys, keywords and a JSON schema follow.

A field is a ``str``, ``int``, ``float``, ``bool``, ``Literal[...]`` of strings, ``tuple[str, ...]`` or
``tuple[int, ...]``, or one of these ``| None`` (then its default is ``None``). Every field has a default. What else is
to be said of it stands in its metadata, which :func:`setting` writes::

    @dataclass(frozen=True)
    class Options:
        top: int = setting(3, "How many labels.", min=1)

Where an option makes a head return more columns than the task's prediction type has, a property ``more_suffixes`` of
the dataclass returns what their names end in, and the predictions' ``cells`` end with their values.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Union, get_args, get_origin, get_type_hints

from nlptasks._names import did_you_mean
from nlptasks.errors import NlptasksError, PluginError, UsageError
from nlptasks.plugin._values import Kind, TypedText, converted, joined, parsed, size, unescaped

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["Metadata", "More", "OptionField", "from_values", "json_schema", "option_fields", "setting", "unescaped"]

T = TypeVar("T")

#: The largest whole number of a setting that declares none: what libraries below hold in 64 bits.
LARGEST = (1 << 63) - 1

_SUPPORTED = "str, int, float, bool, Literal of strings, tuple[str, ...], tuple[int, ...], or one of these | None"
_NAME = re.compile(r"[a-z](_?[a-z0-9])*")


class More(TypedDict, total=False):
    """What can be said of a setting beside its default and its help.

    Args:
        min: Lowest allowed number; of a list, of each.
        max: Highest allowed number.
        above: Number that is too low, where the lowest allowed one is just above it.
        flag: Name of the flag and the key, without dashes; left out: the field's.
        short: One letter, for ``-o`` beside ``--output``.
        metavar: What stands for the value in ``--help``.
        repeat: Whether a list is given by repeating its flag, and not in one value with commas.
        size: Whether an integer is a size that may be written ``8MB``.
        default_text: What ``--help`` says of the default.
        path: Whether it names a file or a folder. A recorded command holds the name and not where it lies.
        recorded: Whether a recorded command has it; ``False`` for what does not change the outcome.
        dynamic: Whether its keys depend on the tasks, so that no flag and no key is made of it here.
        example: What ``nlptasks plugins check`` gives, where what has the option cannot work with the default.
    """

    min: float
    max: float
    above: float
    flag: str
    short: str
    metavar: str
    repeat: bool
    size: bool
    default_text: str
    path: bool
    recorded: bool
    dynamic: bool
    example: Any


class Metadata(More, total=False):
    """What a field's metadata may hold.

    Args:
        help: One line for ``--help``.
    """

    help: str


_METADATA = (*Metadata.__annotations__,)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class OptionField:
    """A field of a dataclass of settings.

    Args:
        name: Its name, and its keyword in Python.
        kind: What it holds.
        nullable: Whether it may be ``None``.
        default: Its value where the user gives none.
        choices: The only values of a ``choice``.
        said: Its metadata.
        within: Name of the field that holds the dataclass that it is in; empty: it is in the outer one.
    """

    name: str
    kind: Kind = "string"
    nullable: bool = False
    default: Any = ""
    choices: tuple[str, ...] = ()
    said: Metadata = dataclasses.field(default_factory=lambda: Metadata())
    within: str = ""

    @property
    def key(self) -> str:
        """Its name on the command line and in a configuration file."""
        return self.said.get("flag") or self.name.replace("_", "-")

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return f"--{self.key}"

    @property
    def help(self) -> str:
        """One line for ``--help``."""
        return str(self.said.get("help", ""))

    @property
    def limits(self) -> str:
        """The range of its numbers, in words; empty where it has none."""
        low, high, above = self.said.get("min"), self.said.get("max"), self.said.get("above")
        if above is not None:
            return f"above {above:g}" + (f", at most {high:g}" if high is not None else "")
        if low is not None and high is not None:
            return f"{low} to {high}"
        return f"at least {low}" if low is not None else f"at most {high}" if high is not None else ""

    def checked(self, value: Any) -> Any:
        """``value`` as the field holds it.

        Raises:
            UsageError: It has another type, is out of range, is none of the choices, or holds a NUL.
        """
        value = parsed(self.kind, str(value)) if isinstance(value, TypedText) else value
        value = _typed(value) if self.said.get("path") else value
        found: Any = converted(self.kind, value) if not self.said.get("size") else size(value)
        if found is None:
            raise UsageError(f"{self.flag}: expected {self._expected}, got {value!r}", hint=self._range)
        if any("\0" in text for text in (found if self.kind == "list" else (found,)) if isinstance(text, str)):
            raise UsageError(f"{self.flag}: a NUL in {value!r}", hint="no name and no text holds one")
        if self.choices and found not in self.choices:
            near = did_you_mean(found, self.choices)
            raise UsageError(f"{self.flag}: there is no {value!r}{near}", hint=f"choose from {', '.join(self.choices)}")
        for number in found if self.kind == "integers" else (found,) if self.kind in ("integer", "number") else ():
            self._check_range(number, value)
        return found

    def _check_range(self, number: float, value: Any) -> None:
        low, high, above = self.said.get("min"), self.said.get("max"), self.said.get("above")
        high = LARGEST if high is None and self.kind != "number" else high
        if above is not None and number <= above:
            raise UsageError(f"{self.flag}: {value} is not above {above:g}", hint=self._range)
        if low is not None and number < low:
            raise UsageError(f"{self.flag}: {value} is below the minimum of {low}", hint=self._range)
        if high is not None and number > high:
            shown = str(value) if len(str(value)) < 40 else f"{str(value)[:40]}..."
            raise UsageError(f"{self.flag}: {shown} is above the maximum of {high}", hint=self._range)

    @property
    def _expected(self) -> str:
        if self.said.get("size"):
            return "a size such as 500kB or 8MB"
        names: Mapping[Kind, str] = {
            "list": "a list of strings",
            "integers": "a list of whole numbers",
            "choice": "a string",
            "integer": "a whole number",
        }
        return names.get(self.kind, f"a {self.kind}")

    @property
    def _range(self) -> str:
        return f"it is {self.limits}" if self.limits else ""

    def of(self, settings: Any) -> Any:
        """Its value in an instance of the outer dataclass."""
        return getattr(getattr(settings, self.within) if self.within else settings, self.name)

    def words(self, value: Any) -> Iterator[str]:
        """What one types to give it a value."""
        if self.kind == "boolean":
            yield self.flag if value else f"--no-{self.key}"
        elif self.said.get("repeat"):
            for item in value:
                yield from (self.flag, str(item))
        else:
            yield from (self.flag, joined(value) if isinstance(value, tuple) else str(value))


def setting(default: T, help: str = "", **more: Unpack[More]) -> T:  # noqa: A002 - the name of the metadata
    """A field of a dataclass of settings.

    Args:
        default: Its value where the user gives none.
        help: One line for ``--help``.
        more: See :class:`More`.
    """
    field: T = dataclasses.field(default=default, metadata={"help": help, **more})
    return field


def option_fields(options: type) -> tuple[OptionField, ...]:
    """Return the fields of a dataclass of settings, in their order; those of a dataclass in it stand in its place.

    Raises:
        PluginError: It is no frozen dataclass, or a field is of a type or has a default that is not supported.
    """
    if not (isinstance(options, type) and dataclasses.is_dataclass(options)):
        raise PluginError(f"options must be a frozen dataclass, got {options!r}")
    return _fields(options)


@cache
def _fields(options: type) -> tuple[OptionField, ...]:
    if not options.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise PluginError(f"options {options.__name__} must be frozen", hint="write @dataclass(frozen=True)")
    found: list[OptionField] = []
    for field in dataclasses.fields(options):
        hint = _hint(options, field)
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            found += (dataclasses.replace(inner, within=field.name) for inner in option_fields(hint))
        elif not field.metadata.get("dynamic"):
            found.append(_option_field(options.__name__, field, hint))
    return tuple(found)


def from_values(options: type[T], values: Mapping[str, Any]) -> T:
    """Make the settings from parsed flags, TOML, JSON or keywords.

    Keys are names or flags of fields, with ``-`` or ``_``; ``None`` means that nothing was given. A list may be given
    as one string of comma-separated items, an item with a comma in double quotes.

    Raises:
        UsageError: A key is unknown, or a value has the wrong type or is out of range.
    """
    found = option_fields(options)
    fields = {spelling: option for option in found for spelling in (option.key.replace("-", "_"), option.name)}
    checked: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        option = fields.get(key.replace("-", "_"))
        if option is None:
            flags = [known.flag for known in found]
            near = did_you_mean(f"--{key.replace('_', '-')}", flags)
            raise UsageError(f"there is no option {key!r}{near}", hint=f"there are: {', '.join(flags) or 'none'}")
        if value is not None:
            checked.setdefault(option.within, {})[option.name] = option.checked(value)
    try:
        return _made(options, checked)
    except NlptasksError:
        raise
    except ValueError as error:  # from __post_init__, where fields are checked against each other
        raise UsageError(f"these options do not go together: {error}") from error


def _made(options: type[T], checked: Mapping[str, Mapping[str, Any]]) -> T:
    """The settings of values by the field that they are in."""
    outer: dict[str, Any] = dict(checked.get("", {}))
    inner = {name: values for name, values in checked.items() if name}
    if inner:
        hints = get_type_hints(options)
        outer |= {name: hints[name](**values) for name, values in inner.items()}
    return options(**outer)


def json_schema(options: type) -> dict[str, Any]:
    """Return the JSON schema of the settings."""
    properties = {option.name: _property(option) for option in option_fields(options)}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _hint(options: type, field: dataclasses.Field[Any]) -> Any:
    """The type of a field. Evaluating annotations takes time at each start, and most are one of a few."""
    plain = {"str": str, "int": int, "float": float, "bool": bool, "tuple[str, ...]": tuple[str, ...]}
    found = plain.get(field.type) if isinstance(field.type, str) else field.type
    return found or get_type_hints(options)[field.name]


def _option_field(owner: str, field: dataclasses.Field[Any], hint: Any) -> OptionField:
    place = f"option {owner}.{field.name}"
    if not _NAME.fullmatch(field.name):
        raise PluginError(f"{place}: a name has lower-case letters and digits, joined by single '_'")
    hint, nullable = _without_none(hint)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    kind = "choice" if choices and all(isinstance(c, str) for c in choices) else _kind(hint)
    if kind is None:
        raise PluginError(f"{place}: the type {hint!r} is not supported", hint=f"use {_SUPPORTED}")
    for key in field.metadata:
        if key not in _METADATA:
            raise PluginError(f"{place}: metadata {key!r} is not known{did_you_mean(str(key), _METADATA)}")
    option = OptionField(
        name=field.name,
        kind=kind,
        nullable=nullable,
        default=_default(field, place),
        choices=choices,
        said=field.metadata,  # type: ignore[arg-type]  # its keys were just checked
    )
    _check_default(option, place)
    return option


def _typed(value: Any) -> Any:
    """What one would type for a path."""
    if isinstance(value, list | tuple):
        return tuple(map(_typed, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _kind(hint: Any) -> Kind | None:
    kinds: tuple[tuple[Any, Kind], ...] = (
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (bool, "boolean"),
        (tuple[str, ...], "list"),
        (tuple[int, ...], "integers"),
    )
    return next((kind for known, kind in kinds if hint == known), None)


def _without_none(hint: Any) -> tuple[Any, bool]:
    """Split ``X | None`` into ``X`` and True."""
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    others = tuple(arg for arg in get_args(hint) if arg is not NoneType)
    return (others[0], True) if len(others) == 1 else (hint, False)


def _default(field: dataclasses.Field[Any], place: str) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    raise PluginError(f"{place} has no default", hint="give it one: nothing has to be typed to run")


def _check_default(option: OptionField, place: str) -> None:
    """Neither a flag nor TOML can say "nothing", so only a default of ``None`` makes ``None`` reachable everywhere."""
    if option.nullable:
        if option.default is not None:
            raise PluginError(f"{place} is of a type with None, so its default must be None")
        return
    try:
        same = option.checked(option.default) == option.default and not (
            option.kind in ("list", "integers") and isinstance(option.default, str)
        )
    except UsageError as error:
        raise PluginError(f"{place}: its default is not valid: {error.message}") from error
    if not same:
        raise PluginError(f"{place}: its default {option.default!r} is not valid")


def _property(option: OptionField) -> dict[str, Any]:
    name = {"choice": "string", "list": "array", "integers": "array"}.get(option.kind, option.kind)
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    found: dict[str, Any] = {"type": [name, "null"] if option.nullable else name, "default": default}
    ranges = {
        schema: option.said.get(key)
        for schema, key in (("minimum", "min"), ("maximum", "max"), ("exclusiveMinimum", "above"))
    }
    named = {key: value for key, value in ranges.items() if value is not None}
    if name == "array":
        items = "string" if option.kind == "list" else "integer"
        found["items"] = {"type": items, **(named if items == "integer" else {})}
        named = {}
    if option.choices:
        found["enum"] = [*option.choices, None] if option.nullable else list(option.choices)
    return found | named | ({"description": option.help} if option.help else {})
