"""Options of heads and backbones: one frozen dataclass, read from flags, TOML and JSON alike.

A field is a ``str``, ``int``, ``float``, ``bool``, ``Literal[...]`` of strings or ``tuple[str, ...]``, or one of these
``| None`` (then its default is ``None``). Every field has a default; its metadata may hold ``help``, ``min``, ``max``::

    @dataclass(frozen=True)
    class Options:
        top: int = field(default=3, metadata={"help": "How many answers.", "min": 1})

Where an option makes a head answer with more columns than the task's prediction type has, a property ``more_suffixes``
of the dataclass returns what their names end in, and the predictions' ``cells`` end with their values.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from nlptasks._names import did_you_mean
from nlptasks.errors import NlptasksError, PluginError, UsageError

if TYPE_CHECKING:
    import click

__all__ = ["OptionField", "click_options", "from_values", "json_schema", "option_fields", "unescaped"]

T = TypeVar("T")

Kind = Literal["string", "integer", "number", "boolean", "choice", "list"]

_KINDS: Mapping[Any, Kind] = MappingProxyType(
    {str: "string", int: "integer", float: "number", bool: "boolean", tuple[str, ...]: "list"}
)
_SUPPORTED = "str, int, float, bool, Literal of strings, tuple[str, ...], or one of these | None"
_NAME = re.compile(r"[a-z](_?[a-z0-9])*")
_METADATA = ("help", "min", "max")
_ESCAPE = re.compile(r"\\([nt\\])")
_ESCAPED: Mapping[str, str] = MappingProxyType({"n": "\n", "t": "\t", "\\": "\\"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class OptionField:
    """A field of an options dataclass.

    Args:
        name: Its name, and its key in TOML and JSON.
        kind: What it holds.
        nullable: Whether it may be ``None``.
        default: Its value where the user gives none.
        choices: The only values of a ``choice``.
        help: One line for ``--help``.
        low: Lowest allowed number.
        high: Highest allowed number.
    """

    name: str
    kind: Kind
    nullable: bool
    default: Any
    choices: tuple[str, ...]
    help: str
    low: float | None
    high: float | None

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return f"--{self.name.replace('_', '-')}"


def option_fields(options: type) -> tuple[OptionField, ...]:
    """Return the fields of an options dataclass, in their order.

    Raises:
        PluginError: It is no frozen dataclass, or a field is of a type or has a default that is not supported.
    """
    if not (isinstance(options, type) and dataclasses.is_dataclass(options)):
        raise PluginError(f"options must be a frozen dataclass, got {options!r}")
    if not options.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise PluginError(f"options {options.__name__} must be frozen", hint="write @dataclass(frozen=True)")
    hints = get_type_hints(options)
    return tuple(_option_field(options.__name__, f, hints[f.name]) for f in dataclasses.fields(options))


def click_options(options: type) -> list[click.Option]:
    """Return a flag for each field. A flag that is not given yields ``None``, which :func:`from_values` skips."""
    import click

    types: Mapping[Kind, click.ParamType[Any]] = {"integer": click.INT, "number": click.FLOAT}
    found = []
    for option in option_fields(options):
        boolean = option.kind == "boolean"
        flags = f"{option.flag}/--no-{option.flag[2:]}" if boolean else option.flag
        choice = click.Choice(option.choices) if option.choices else None
        type_ = None if boolean else choice or types.get(option.kind, click.STRING)
        metavar = "A,B,..." if option.kind == "list" else None
        found.append(click.Option([flags, option.name], type=type_, default=None, metavar=metavar, help=_help(option)))
    return found


def from_values(options: type[T], values: Mapping[str, Any]) -> T:
    """Make the options from parsed flags, TOML or JSON.

    Keys may be spelt with ``-`` or ``_``; ``None`` means that nothing was given. A list may be given as one string of
    comma-separated items, an item with a comma in double quotes.

    Raises:
        UsageError: A key is unknown, or a value has the wrong type or is out of range.
    """
    fields = {option.name: option for option in option_fields(options)}
    checked = {}
    for key, value in values.items():
        option = fields.get(key.replace("-", "_"))
        if option is None:
            flags = [known.flag for known in fields.values()]
            near = did_you_mean(f"--{key.replace('_', '-')}", flags)
            raise UsageError(f"there is no option {key!r}{near}", hint=f"there are: {', '.join(flags) or 'none'}")
        if value is not None:
            checked[option.name] = _check(option, value)
    try:
        return options(**checked)
    except NlptasksError:
        raise
    except ValueError as error:  # from __post_init__, where fields are checked against each other
        raise UsageError(f"these options do not go together: {error}") from error


def json_schema(options: type) -> dict[str, Any]:
    """Return the JSON schema of the options."""
    properties = {option.name: _property(option) for option in option_fields(options)}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def unescaped(text: str) -> str:
    r"""A line break for ``\n``, a tab for ``\t``, ``\`` for ``\\``: what a command line can hardly hold otherwise."""
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], text)


def _option_field(owner: str, field: dataclasses.Field[Any], hint: Any) -> OptionField:
    place = f"option {owner}.{field.name}"
    if not _NAME.fullmatch(field.name):
        raise PluginError(f"{place}: a name has lower-case letters and digits, joined by single '_'")
    hint, nullable = _without_none(hint)
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    kind = "choice" if choices and all(isinstance(c, str) for c in choices) else _KINDS.get(hint)
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
        help=str(field.metadata.get("help", "")),
        low=field.metadata.get("min"),
        high=field.metadata.get("max"),
    )
    _check_default(option, place)
    return option


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
        same = _check(option, option.default) == option.default and not (
            option.kind == "list" and isinstance(option.default, str)
        )
    except UsageError as error:
        raise PluginError(f"{place}: its default is not valid: {error.message}") from error
    if not same:
        raise PluginError(f"{place}: its default {option.default!r} is not valid")


def _check(option: OptionField, value: Any) -> Any:
    """Return ``value`` as the field holds it."""
    checked = _CONVERTERS[option.kind](value)
    if checked is None:
        expected = {"list": "a list of strings", "choice": "a string", "integer": "a whole number"}
        raise UsageError(f"{option.flag}: expected {expected.get(option.kind, f'a {option.kind}')}, got {value!r}")
    if option.choices and checked not in option.choices:
        near = did_you_mean(checked, option.choices)
        raise UsageError(f"{option.flag}: there is no {value!r}{near}", hint=f"choose from {', '.join(option.choices)}")
    if option.low is not None and checked < option.low:
        raise UsageError(f"{option.flag}: {value} is below the minimum of {option.low}")
    if option.high is not None and checked > option.high:
        raise UsageError(f"{option.flag}: {value} is above the maximum of {option.high}")
    return checked


def _instance_of(type_: type) -> Callable[[Any], Any]:
    """A bool is an int to Python, but ``true`` in a TOML file is no number."""
    return lambda value: value if type(value) is type_ else None


def _number(value: Any) -> float | None:
    """Accept finite numbers only: a NaN passes every range check, and JSON has none."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < float("inf") else None


def _strings(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return _split(value)
    items_are_text = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return tuple(value) if items_are_text else None


def _split(text: str) -> tuple[str, ...] | None:
    import csv

    try:
        return tuple(item for row in csv.reader([text], skipinitialspace=True, strict=True) for item in row)
    except csv.Error:
        return None


_CONVERTERS: Mapping[Kind, Callable[[Any], Any]] = MappingProxyType(
    {
        "string": _instance_of(str),
        "choice": _instance_of(str),
        "integer": _instance_of(int),
        "boolean": _instance_of(bool),
        "number": _number,
        "list": _strings,
    }
)


def _help(option: OptionField) -> str:
    low, high = option.low, option.high
    limits = {(False, True): f"at most {high}", (True, False): f"at least {low}", (True, True): f"{low} to {high}"}
    extra = [limits[low is not None, high is not None]] if (low, high) != (None, None) else []
    if option.default is not None and option.default not in ("", ()):
        extra.append(f"default: {_shown(option.default)}")
    return f"{option.help}  [{'; '.join(extra)}]".strip() if extra else option.help


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _property(option: OptionField) -> dict[str, Any]:
    name = {"choice": "string", "list": "array"}.get(option.kind, option.kind)
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    found: dict[str, Any] = {"type": [name, "null"] if option.nullable else name, "default": default}
    if option.kind == "list":
        found["items"] = {"type": "string"}
    if option.choices:
        found["enum"] = [*option.choices, None] if option.nullable else list(option.choices)
    named = {"minimum": option.low, "maximum": option.high, "description": option.help or None}
    return found | {key: value for key, value in named.items() if value is not None}
