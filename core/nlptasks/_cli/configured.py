"""The settings of a command that stand in the configuration file: ``[run]``, and ``[run.TASK]`` for one task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.flags import Chosen, SettingFlag, SettingsCommand
from nlptasks._names import did_you_mean
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from nlptasks._plugins.configuration import Config
    from nlptasks.plugin import TaskSpec

#: Flags by the keys that mean them.
Keys = Mapping[str, SettingFlag]


def configured(
    config: Config,
    command: str,
    params: Iterable[click.Parameter],
    *,
    tasks: Sequence[TaskSpec] = (),
    known: Sequence[TaskSpec] = (),
    others: Callable[[], Iterable[SettingFlag]] = tuple,
) -> dict[str, Any]:
    """What the file says for a command, by the names of its parameters; a task's own table goes before the command's.

    Args:
        config: The configuration.
        command: Name of the command.
        params: What the command takes.
        tasks: The tasks that it is for.
        known: All the tasks that are installed.
        others: Makes the flags for other tasks, whose keys may stand in the command's table too.

    Raises:
        UsageError: A key is unknown, or a value has the wrong type or is out of range.
    """
    table = config.commands.get(command, {})
    if not table:
        return {}
    keys = {_key(flag.setting.key): flag for flag in params if isinstance(flag, SettingFlag)}
    keys |= {flag.setting.name: flag for flag in params if isinstance(flag, SettingFlag)}
    reader = _SettingReader(config, keys, others)
    own = {key: value for key, value in table.items() if not isinstance(value, dict)}
    named = {key: value for key, value in table.items() if isinstance(value, dict)}
    found = reader.read(own, (command,), "")
    by_name = {name: task.name for task in known for name in (task.name, *task.aliases)}
    if wrong := next((name for name in named if name not in by_name), None):
        near = did_you_mean(wrong, by_name)
        raise reader.error((command, wrong), f"is no task{near}", f"known: {', '.join(by_name)}")
    mine: dict[str, Any] = {}
    for task in tasks:
        for name, values in named.items():
            if by_name[name] == task.name:
                more = reader.read(values, (command, name), task.name if len(tasks) > 1 else "")
                reader.agree(mine, more, (command, name))
                mine |= more
    return found | mine


class _SettingReader:
    """Turns keys and values of a table into values of parameters, naming the file and the line in each complaint."""

    def __init__(self, config: Config, keys: Keys, others: Callable[[], Iterable[SettingFlag]]) -> None:
        self.config = config
        self.keys = keys
        self.others = others

    def read(self, table: Mapping[str, Any], place: tuple[str, ...], task: str) -> dict[str, Any]:
        """The values of a table.

        Args:
            table: The table.
            place: Its name, part by part.
            task: The task that it is for, where the command is for several.
        """
        found: dict[str, Any] = {}
        for key, value in table.items():
            flag = self.keys.get(f"{task}.{_key(key)}") or self.keys.get(_key(key))
            if flag is not None:
                found[str(flag.name)] = self._value(flag, value, (*place, key))
            elif len(place) > 1 or not self._is_of_others(key):
                names = [flag.setting.key for flag in self.keys.values() if not flag.hidden]
                near = did_you_mean(key, names)
                raise self.error((*place, key), f"is not known{near}", f"known: {', '.join(dict.fromkeys(names))}")
        return found

    def agree(self, mine: Mapping[str, Any], more: Mapping[str, Any], place: tuple[str, ...]) -> None:
        """Refuse two tasks of one command whose tables say different things of what they share."""
        flags = {str(flag.name): flag for flag in self.keys.values()}
        for name in mine.keys() & more.keys():
            if mine[name] != more[name]:
                key = flags[name].setting.key
                raise self.error((*place, key), "differs from that of another task, and the tasks share it", "")

    def _is_of_others(self, key: str) -> bool:
        return any(_key(key) in (_key(flag.setting.key), flag.setting.name) for flag in self.others())

    def _value(self, flag: SettingFlag, value: Any, place: tuple[str, ...]) -> Any:
        if flag.multiple and isinstance(value, str):
            value = (value,)
        try:
            return flag.setting.checked(value)
        except UsageError as error:
            raise self.error(place, f"is not valid: {error.message.partition(': ')[2]}", error.hint) from error

    def error(self, place: tuple[str, ...], problem: str, hint: str) -> UsageError:
        """What is wrong with a key, and where it stands."""
        return self.config.error(place, problem, hint)


def command(name: str, body: Callable[..., None], params: Sequence[click.Parameter]) -> SettingsCommand:
    """A command that does not depend on the task.

    Args:
        name: Its name, and that of its table in the configuration file.
        body: Called with the application and what the user chose, and with its arguments and those flags that are no
            settings by name. Its docstring is the command's help.
        params: Its arguments and flags.
    """

    def call(**values: Any) -> None:
        app = click.get_current_context().find_object(App)
        assert app is not None
        chosen = Chosen(params, values, configured(app.config, name, params))
        rest = {param.name: values[str(param.name)] for param in params if not isinstance(param, SettingFlag)}
        body(app, chosen, **rest)

    return SettingsCommand(name, params=list(params), callback=call, help=body.__doc__, no_args_is_help=True)


def _key(name: str) -> str:
    return name.replace("-", "_")
