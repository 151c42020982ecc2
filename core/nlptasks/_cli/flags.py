"""Flags made of settings: what a group declares becomes what a command takes, and what is typed becomes the group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nlptasks.plugin._values import parsed
from nlptasks.plugin.options import OptionField, from_values, option_fields

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

T = TypeVar("T")


class SettingFlag(click.Option):
    """The flag of one setting. Where it is not given, its value is ``None``.

    Args:
        setting: The setting.
        owner: Whose it is: a dataclass of settings, or the name of a set of them that depends on the task.
        help_: Its line in ``--help``.
        more: Further names, such as ``--text``.
        hidden: Whether ``--help`` leaves it out.
    """

    def __init__(
        self,
        setting: OptionField,
        owner: type | str,
        *,
        help_: str = "",
        more: Sequence[str] = (),
        hidden: bool = False,
    ) -> None:
        self.setting = setting
        self.owner = owner
        boolean, said = setting.kind == "boolean", setting.said
        short = [f"-{said['short']}"] if "short" in said else []
        flag = f"{setting.flag}/--no-{setting.key}" if boolean else setting.flag
        super().__init__(
            [*short, flag, *more, _name(owner, setting.name)],
            type=None if boolean else _type(setting),
            default=None,
            multiple=said.get("repeat", False),
            metavar=said.get("metavar") or ("A,B,..." if setting.kind in ("list", "integers") else None),
            help=help_ or help_of(setting),
            hidden=hidden,
        )

    def given(self, values: Mapping[str, Any]) -> Any:
        """What the user gave for it; ``None`` where nothing."""
        value = values.get(str(self.name))
        return None if value == () and self.multiple else value


class Chosen:
    """What the user chose for a command: its configuration, and what was typed before that.

    Args:
        params: The command's parameters.
        values: What click made of the command line, by the parameters' names.
        configured: Settings of the configuration file, by the same names.
    """

    def __init__(
        self, params: Iterable[click.Parameter], values: Mapping[str, Any], configured: Mapping[str, Any] | None = None
    ) -> None:
        self._flags = [param for param in params if isinstance(param, SettingFlag)]
        typed = {str(flag.name): flag.given(values) for flag in self._flags}
        self._typed = {name: value for name, value in typed.items() if value is not None}
        self._values = {**(configured or {}), **self._typed}

    def of(self, group: type[T]) -> T:
        """A group of settings.

        Raises:
            UsageError: They do not go together.
        """
        return from_values(group, self.values(group))

    def values(self, owner: type | str) -> dict[str, Any]:
        """What is set of an owner's settings, by their names."""
        mine = ((flag.setting.name, self._values.get(str(flag.name))) for flag in self._flags if flag.owner == owner)
        return {name: value for name, value in mine if value is not None}

    def typed(self, owner: type | str, *, but: Sequence[str] = ()) -> list[str]:
        """The flags that the user typed, of those of an owner."""
        mine = (flag for flag in self._flags if flag.owner == owner and flag.setting.name not in but)
        return [flag.setting.flag for flag in mine if str(flag.name) in self._typed]


def flags_of(
    group: type, *, only: Sequence[str] = (), without: Sequence[str] = (), owner: type | str = ""
) -> list[click.Parameter]:
    """The flags of a group of settings.

    Args:
        group: The group.
        only: Names of the fields to take; none: all.
        without: Names of fields to leave out.
        owner: Under what their values are found; empty: the group.
    """
    return [
        SettingFlag(option, owner or group)
        for option in option_fields(group)
        if (not only or option.name in only) and option.name not in without
    ]


def json_flag(shown: str = "Print JSON.") -> click.Option:
    """The flag that asks for JSON."""
    return click.Option(["--json", "as_json"], is_flag=True, help=shown)


def _name(owner: type | str, name: str) -> str:
    own = owner if isinstance(owner, str) else owner.__name__.lower()
    return "".join(letter if letter.isalnum() else "_" for letter in f"{own}__{name}")


def _type(setting: OptionField) -> click.ParamType[Any]:
    return click.Choice(setting.choices) if setting.choices else Value(setting)


class Value(click.ParamType[Any]):
    """The value of a flag, checked as it is declared."""

    def __init__(self, setting: OptionField) -> None:
        names = {"integer": "integer", "number": "float"}
        self._setting, self.name = setting, names.get(setting.kind, "text")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if self._setting.said.get("repeat"):
            return value
        return self._setting.checked(parsed(self._setting.kind, value) if isinstance(value, str) else value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")] if self._setting.said.get("path") else []


def help_of(option: OptionField) -> str:
    """The line of a setting in ``--help``: what it is, its range and its default."""
    extra = [option.limits] if option.limits and not option.said.get("size") else []
    if said := option.said.get("default_text"):
        extra.append(f"default: {said}")
    elif option.default is not None and option.default is not False and option.default not in ("", ()):
        extra.append(f"default: {_shown(option.default)}")
    return f"{option.help}  [{'; '.join(extra)}]".strip() if extra else option.help


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


__all__ = ["Chosen", "SettingFlag", "Value", "flags_of", "help_of", "json_flag"]
