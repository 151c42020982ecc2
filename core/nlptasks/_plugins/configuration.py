"""What the user configured: which plugins may load, whose descriptor is taken where several clash, and settings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlptasks._names import canonical, did_you_mean
from nlptasks._plugins.component_options import OPTIONED, ComponentOptions
from nlptasks._plugins.registry import KINDS
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file
from nlptasks.files.toml import line_of, read_toml

#: Commands whose settings may stand in the file, in a table of their name.
COMMANDS = ("run", "eval", "train", "rescore", "compare", "slice", "errors", "verify")

FILE_VARIABLE = "NLPTASKS_CONFIG"
PLUGINS_VARIABLE = "NLPTASKS_PLUGINS"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The configuration. Plugins are named by id, by distribution, or as ``distribution:id``.

    Args:
        disable: Plugins that are not loaded.
        allow: The only installed plugins that are loaded; ``None``: all.
        prefer_plugins: Distribution to take where several have a plugin of the same id.
        prefer: Distribution to take where several provide the same; see :class:`nlptasks._plugins.registry.Registry`.
        commands: Settings by the command; each checks its own, since some keys are those of plugins.
        options: Options of heads, backbones and commands of plugins, which are checked where they are used.
        path: The file; ``None``: there is none.
    """

    disable: frozenset[str] = frozenset()
    allow: frozenset[str] | None = None
    prefer_plugins: Mapping[str, str] = field(default_factory=dict)
    prefer: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    options: ComponentOptions = field(default_factory=ComponentOptions, compare=False)
    path: Path | None = field(default=None, compare=False)

    def error(self, place: Sequence[str], problem: str, hint: str) -> UsageError:
        """What is wrong with a key.

        Args:
            place: The key, part by part, the tables that it is in first.
            problem: What is wrong.
            hint: What to do.
        """
        assert self.path is not None
        line = line_of(self.path, place)
        where = f"{self.path}:{line}" if line else str(self.path)
        return UsageError(f"{where}: the key {'.'.join(place)!r} {problem}", hint=hint)

    def disables(self, plugin: str, distribution: str) -> bool:
        """Whether a plugin must not be loaded."""
        return names_it(self.disable, plugin, distribution)

    def allows(self, plugin: str, distribution: str) -> bool:
        """Whether an installed plugin may be loaded."""
        return self.allow is None or names_it(self.allow, plugin, distribution)


def read_config(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read ``file``, else what ``NLPTASKS_CONFIG`` names, else the user's own file, and apply ``NLPTASKS_PLUGINS``.

    The working directory is never searched.

    Raises:
        UsageError: The file is missing, is no TOML, or holds a key or a type that is not known.
    """
    named = _named_file(file, environ)
    path = named or user_file()
    config = parse_config(path) if named or is_file(path) else Config()
    return _with_environment(config, environ.get(PLUGINS_VARIABLE, ""))


def config_file(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the file that :func:`read_config` reads; it may not exist."""
    return _named_file(file, environ) or user_file()


def _named_file(file: Path | None, environ: Mapping[str, str]) -> Path | None:
    return file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)


def user_file() -> Path:
    """Return where the user's own configuration is kept; the file may not exist."""
    import click

    return Path(click.get_app_dir("nlptasks")) / "config.toml"


def _with_environment(config: Config, value: str) -> Config:
    """Plain names replace what the file allows; ``-name`` is disabled as well as what the file disables."""
    names = [name for name in (part.strip() for part in value.split(",")) if name]
    disabled = frozenset(name[1:] for name in names if name.startswith("-"))
    allowed = frozenset(name for name in names if not name.startswith("-"))
    return replace(config, disable=config.disable | disabled, allow=allowed or config.allow)


def names_it(names: Iterable[str], plugin: str, distribution: str) -> bool:
    """Whether one of the names is that of a plugin: its id, its distribution, or ``distribution:id``."""
    forms = {canonical(form) for form in (plugin, distribution, f"{distribution}:{plugin}")}
    return any(canonical(name) in forms for name in names)


def parse_config(path: Path) -> Config:
    """Read a file alone, whatever the environment says.

    Raises:
        UsageError: The file is missing, is no TOML, or holds a key or a type that is not known.
    """
    return _ConfigReader(path).config(read_toml(path, "configuration"))


@dataclass(frozen=True)
class _ConfigReader:
    """Turns parsed TOML into a :class:`Config`, naming the file and the key in each complaint."""

    path: Path

    def config(self, data: Mapping[str, Any]) -> Config:
        self._only(data, ("plugins", "prefer", *OPTIONED, *COMMANDS), "")
        plugins = self._table(data.get("plugins", {}), "plugins")
        self._only(plugins, ("disable", "allow", "prefer"), "plugins.")
        return Config(
            disable=self._names(plugins.get("disable", []), "plugins.disable"),
            allow=self._names(plugins["allow"], "plugins.allow") if "allow" in plugins else None,
            prefer_plugins=self._strings(plugins.get("prefer", {}), "plugins.prefer"),
            prefer=self._prefer(self._table(data.get("prefer", {}), "prefer")),
            commands={name: self._table(data[name], name) for name in COMMANDS if name in data},
            options=ComponentOptions({kind: self._options(data.get(kind, {}), kind) for kind in OPTIONED}, self._place),
            path=self.path,
        )

    def _options(self, value: object, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The tables of some components by name; a table of tables is a task with its heads, as TOML reads a dot."""
        found: dict[str, Mapping[str, Any]] = {}
        for name, table in self._table(value, kind).items():
            values = self._table(table, f"{kind}.{name}")
            inner = {key: each for key, each in values.items() if kind == "heads" and isinstance(each, dict)}
            found |= {f"{name}.{key}": each for key, each in inner.items()}
            if len(inner) < len(values) or not values:
                found[name] = {key: each for key, each in values.items() if key not in inner}
        return found

    def _prefer(self, table: Mapping[str, Any]) -> Mapping[str, str]:
        """Accept ``"heads.sentiment" = ...`` and, since TOML reads it as a table, ``heads.sentiment = ...``."""
        flat: dict[str, Any] = {}
        for key, value in table.items():
            flat |= {f"{key}.{inner}": v for inner, v in value.items()} if isinstance(value, dict) else {key: value}
        for key in flat:
            kind, dot, name = key.partition(".")
            if kind not in KINDS or not (dot and name):
                raise self._error(
                    f"prefer.{key}", f"is not known{did_you_mean(kind, KINDS)}", f"write KIND.NAME; {_one_of(KINDS)}"
                )
        return self._strings(flat, "prefer")

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
        for key in table:
            if key not in known:
                raise self._error(prefix + key, f"is not known{did_you_mean(key, known)}", _one_of(known))

    def _table(self, value: object, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(key, "must be a table", f"write [{key}] and its keys below it")
        return value

    def _names(self, value: object, key: str) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._error(key, "must be a list of names", f'for example: {key.rpartition(".")[2]} = ["name"]')
        return frozenset(value)

    def _strings(self, value: object, key: str) -> dict[str, str]:
        table = self._table(value, key)
        for name, distribution in table.items():
            if not isinstance(distribution, str):
                raise self._error(f"{key}.{name}", "must be the name of a distribution", f'"{name}" = "distribution"')
        return table

    def _error(self, key: str, problem: str, hint: str) -> UsageError:
        return self._place(key.split("."), problem, hint)

    def _place(self, place: Sequence[str], problem: str, hint: str) -> UsageError:
        return Config(path=self.path).error(place, problem, hint)


def _one_of(names: Iterable[str]) -> str:
    return f"known: {', '.join(names)}"
