"""The commands that plugins bring: which there are, without loading a plugin, and each of them when it is called.

Which there are is found out by a process of its own, so that ``--help`` shows whatever a plugin does, and remembered
in a file until something is installed, removed or configured.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nlptasks._version import __version__

if TYPE_CHECKING:
    import click

    from nlptasks._cli.app import App
    from nlptasks._plugins.loader import Plugins
    from nlptasks._plugins.registry import Owned
    from nlptasks.plugin import CommandSpec

#: Seconds that plugins have to say which commands they bring.
_PATIENCE = 30

_OWNER = "nlptasks"

#: Variables of the environment that decide which plugins there are.
_VARIABLES = ("NLPTASKS_CONFIG", "NLPTASKS_PLUGINS", "PYTHONPATH", "XDG_CONFIG_HOME", "HOME")

_FORM = "nlptasks-commands/1"


class FoundCommand(NamedTuple):
    """A command of a plugin.

    Args:
        name: Its name.
        summary: Its line in ``--help``.
        note: What to say where it shares its name with another.
        preferred: Whether the user prefers it to one of nlptasks itself.
    """

    name: str
    summary: str
    note: str = ""
    preferred: bool = False


# A NamedTuple and plain functions: `dataclasses` and `pathlib` take time to import, and every start reads this.


def found(arguments: Iterable[str] = (), *, look: bool = True) -> tuple[FoundCommand, ...]:
    """The commands of installed plugins, in the order of their names; none where they cannot be told.

    Args:
        arguments: Flags of the program that change which plugins there are; nothing is remembered for them.
        look: Whether to look where nothing is remembered; else there are none then.
    """
    given = list(arguments)
    if not given and (remembered := _remembered()) is not None:
        return remembered
    if not look:
        return ()
    text = _answer(given) or _answer(given)  # a plugin that ended the process is left out when it is asked once more
    if not given:
        remember(text)
    return _parsed(text)


def command_of(app: App, name: str) -> click.Command:
    """The command of a plugin, by its name or ``distribution:name``; whatever it raises is its plugin's error.

    Raises:
        UsageError: There is none, or there are several and it is not clear which is meant.
        PluginError: It cannot be imported, or is no command.
    """
    import click

    from nlptasks._plugins.guard import load_object
    from nlptasks.errors import PluginError
    from nlptasks.plugin import CommandSpec

    item = app.plugins().registry.get(CommandSpec, name)
    what = f"the command {item.qualified}"
    made = load_object(what, item.spec.object)
    if not isinstance(made, click.Command):
        raise PluginError(
            f"{what}: {item.spec.object} is no click command but a {type(made).__name__}", hint="tell its author"
        )
    if item.distribution == _OWNER:
        return made
    return _guarded(what, _with_defaults(app, item, made))


def has_command(app: App, name: str) -> bool:
    """Whether a plugin brings what ``name`` means."""
    from nlptasks.plugin import CommandSpec

    return app.plugins().registry.has(CommandSpec, name)


def _with_defaults(app: App, item: Owned[CommandSpec], command: click.Command) -> click.Command:
    """The same command, with the values of its flags and subcommands that the configuration file has.

    Raises:
        UsageError: It has no such flag.
    """
    table = app.plugins().registry.options.table("commands", item)
    flags = {param.name for param in command.params} | set(getattr(command, "commands", ()))
    defaults = {}
    for place, value in table.items():
        key = place[-1] if place[-1] in flags else place[-1].replace("-", "_")
        if key not in flags:
            known = ", ".join(sorted(name.replace("_", "-") for name in flags if name))
            raise app.config.error(place, f"is no flag of {item.qualified}", f"there are: {known or 'none'}")
        defaults[key] = value
    if defaults:
        command.context_settings = {**command.context_settings, "default_map": defaults}
    return command


def _guarded(what: str, command: click.Command) -> click.Command:
    """The same command; what it raises, but for what click itself understands, names it."""
    import click

    from nlptasks._plugins.guard import raise_blamed

    own = command.invoke

    def invoke(ctx: click.Context) -> Any:
        try:
            return own(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except BaseException as error:
            raise_blamed(what, error, hint="`nlptasks --traceback ...` shows where; tell its author")
            raise

    command.invoke = invoke  # type: ignore[method-assign]
    return command


# ---------------------------------------------------------------- remembering


def _remembered() -> tuple[FoundCommand, ...] | None:
    """What was found before, where nothing that decides it has changed since."""
    try:
        with open(_file(), encoding="utf-8") as stream:  # noqa: PTH123
            text = stream.read()
    except (OSError, UnicodeError):
        return None
    head, _, rest = text.partition("\n\n")
    key, *watched = head.split("\n")
    if key != _key():
        return None
    for line in watched:
        path, _, stamp = line.rpartition("\t")
        if _stamp(path) != stamp:
            return None
    return _parsed(rest)


def remember(text: str) -> None:
    """Keep what was told (see :func:`told`); where that is not possible, the next start looks again."""
    files, _, rows = text.partition("\n\n")
    watched = dict.fromkeys((*filter(None, sys.path[1:]), *filter(None, files.split("\n"))))
    lines = [_key(), *(f"{path}\t{_stamp(path)}" for path in watched if "\n" not in path)]
    path = _file()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        part = f"{path}.{os.getpid()}"
        with open(part, "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write("\n".join(lines) + f"\n\n{rows}")
        os.replace(part, path)  # noqa: PTH105
    except OSError:
        return


def _file() -> str:
    """A file for this environment, in a folder of the user's that may be removed at any time."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):  # noqa: PTH117
        base = os.path.expanduser("~/.local/state")  # noqa: PTH111
    return os.path.join(base, "nlptasks", "commands", f"{zlib.crc32(_key().encode('utf-8', 'replace')):08x}")  # noqa: PTH118


def _key() -> str:
    """What decides which plugins there are, beside the files that are watched."""
    # Not sys.path[0], which is the script's folder or the one that somebody works in.
    parts = (_FORM, __version__, sys.executable, *(os.environ.get(name, "") for name in _VARIABLES), *sys.path[1:])
    return "\x1f".join(parts).replace("\n", " ").replace("\t", " ")


def _stamp(path: str) -> str:
    try:
        return str(os.stat(path).st_mtime_ns)  # noqa: PTH116
    except OSError:
        return "-"


def _parsed(text: str) -> tuple[FoundCommand, ...]:
    rows = (line.split("\t") for line in text.rpartition("\n\n")[2].split("\n") if line)
    return tuple(FoundCommand(row[0], row[1], row[2], row[3] == "preferred") for row in rows if len(row) == 4)


# -------------------------------------------------------------------- looking


def _answer(arguments: list[str]) -> str:
    """What another process says; empty where it did not come so far."""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="nlptasks-commands-") as folder:
        result = os.path.join(folder, "found")  # noqa: PTH118
        command = [sys.executable, "-P", "-m", "nlptasks._cli.installed", result, *arguments]
        nothing = subprocess.DEVNULL
        try:
            subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, timeout=_PATIENCE, check=False)
            with open(result, encoding="utf-8") as stream:  # noqa: PTH123
                return stream.read()
        except (OSError, subprocess.TimeoutExpired):
            return ""


def told(loaded: Plugins, config_file: str) -> str:
    """What another process says of loaded plugins: the files that decide it, an empty line, and the commands."""
    modules = [str(getattr(plugin, "__module__", "") or getattr(plugin, "__name__", "")) for plugin in _plugins(loaded)]
    files = [str(getattr(sys.modules.get(name), "__file__", "") or "") for name in modules]
    rows = ["\t".join((one.name, one.summary, one.note, "preferred" if one.preferred else "")) for one in _rows(loaded)]
    return "\n".join([config_file, *filter(None, files), "", *rows]) + "\n"


def _plugins(loaded: Plugins) -> Iterable[Any]:
    return loaded.manager.get_plugins()


def _rows(loaded: Plugins) -> list[FoundCommand]:
    from nlptasks._plugins.clashes import clashes
    from nlptasks.plugin import CommandSpec

    by_name: dict[str, list[Owned[CommandSpec]]] = {}
    for item in loaded.registry.all(CommandSpec):
        by_name.setdefault(item.spec.name, []).append(item)
    notes: Mapping[str, str] = {
        clash.name: clash.line() for clash in clashes(loaded.registry) if clash.noun == "command"
    }
    found = []
    for name, items in sorted(by_name.items()):
        others = [item for item in items if item.distribution != _OWNER]
        chosen = loaded.registry.preferred(f"commands.{name}", items)
        preferred = len(chosen) == 1 < len(items) and chosen[0] in others
        if others:
            note = "" if len(chosen) == 1 else notes.get(name, "")
            owners = ", ".join(sorted({item.distribution for item in others}))
            shown = (chosen[0] if preferred else others[0]).spec.summary
            found.append(FoundCommand(name, f"{shown.rstrip('.')}. ({owners})", note, preferred))
    return found


def main(result: str, arguments: list[str]) -> None:
    """Write what there is into a file; see :func:`told`."""
    from pathlib import Path

    from nlptasks._cli.app import App
    from nlptasks._plugins.configuration import FILE_VARIABLE, user_file

    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    config, folder = given.get("--config"), given.get("--plugins-dir")
    app = App(
        config_file=Path(config) if config else None,
        plugins_dir=Path(folder) if folder else None,
        no_plugins="--no-plugins" in given,
    )
    text = told(app.outcomes(metadata_only=False), os.environ.get(FILE_VARIABLE) or str(user_file()))
    Path(result).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
