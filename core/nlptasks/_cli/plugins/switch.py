"""``nlptasks plugins disable|enable``: they change the configuration file, and import no plugin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.once import OnceCommand
from nlptasks._plugins.configuration import PLUGINS_VARIABLE, config_file, read_config
from nlptasks._plugins.discovery import discover
from nlptasks._plugins.records import PluginRecord, named
from nlptasks.errors import UsageError

_Switch = Callable[[Path, str, Sequence[PluginRecord]], bool]

_names = click.argument("names", nargs=-1, required=True, metavar="PLUGIN|DISTRIBUTION...")


@click.command(cls=OnceCommand)
@_names
@pass_app
def disable(app: App, names: tuple[str, ...]) -> None:
    """Write into the configuration file that plugins are not loaded: by id, by distribution, or DISTRIBUTION:ID.

    The file is that of --config, else of NLPTASKS_CONFIG, else the user's own; its comments stay.
    """
    from nlptasks._plugins import switches

    _switch(app, names, switches.disable, "disabled")


@click.command(cls=OnceCommand)
@_names
@pass_app
def enable(app: App, names: tuple[str, ...]) -> None:
    """Take back what 'plugins disable' wrote; where the file allows some plugins only, add these to them."""
    from nlptasks._plugins import switches

    _switch(app, names, switches.enable, "enabled")


def _switch(app: App, names: Sequence[str], change: _Switch, done: str) -> None:
    file = config_file(app.config_file)
    records = [candidate.record for candidate in discover(app.plugins_dir)]
    for name in names:
        changed = change(file, name, records)
        click.echo(f"{done} {name} in {file}" if changed else f"{name} is {done} already; {file} is as it was")
        _warn(app, name, records, done)


def _warn(app: App, name: str, records: Sequence[PluginRecord], done: str) -> None:
    """Say where the environment says otherwise than the file."""
    config = read_config(app.config_file)
    try:
        found = named(records, name)
    except UsageError:  # an entry of a plugin that is not installed
        return
    loads = {config.allows(one.id, one.distribution) and not config.disables(one.id, one.distribution) for one in found}
    if done == "enabled" and False in loads:
        click.echo(f"warning: {PLUGINS_VARIABLE} in the environment keeps it from loading", err=True)
