"""``nlptasks plugins list`` and ``nlptasks plugins show``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.once import OnceCommand
from nlptasks._cli.views.describe import as_json, as_lines
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._plugins.loader import Plugins
from nlptasks._plugins.records import PluginRecord, named
from nlptasks._plugins.registry import Owned
from nlptasks.plugin import Descriptor
from nlptasks.text.display import one_line


@click.command("list", cls=OnceCommand)
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@click.option("--check", is_flag=True, help="Import the plugins, and show what they provide.")
@pass_app
def list_plugins(app: App, as_json_: bool, check: bool) -> None:
    """List the plugins. Without --check none is imported; with it, names that several have are told too."""
    outcomes = app.outcomes(metadata_only=not check)
    records = outcomes.records
    for line in _shared(outcomes) if check else ():
        click.echo(f"warning: {line}", err=True)
    if as_json_:
        echo_json([record.as_json() for record in records])
    elif records:
        rows = [[r.id, r.distribution, r.version or "-", r.state, _detail(r)] for r in records]
        click.echo(table(("PLUGIN", "DISTRIBUTION", "VERSION", "STATE", "DETAIL"), rows))
    else:
        click.echo("no plugin is installed", err=True)


@click.command(cls=OnceCommand)
@click.argument("name")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@pass_app
def show(app: App, name: str, as_json_: bool) -> None:
    """Show the plugin NAME, or every plugin of the distribution NAME."""
    loaded = app.plugins()
    records = named(loaded.records, name)
    if as_json_:
        echo_json([r.as_json() | {"descriptors": [as_json(item) for item in _owned(loaded, r)]} for r in records])
    else:
        click.echo("\n\n".join("\n".join(_lines(loaded, record)) for record in records))


def _shared(loaded: Plugins) -> Iterator[str]:
    """Yield a line for each name that several plugins have, or that a plugin shares with a flag of the commands."""
    from nlptasks._cli.plugins.check import taken_flags
    from nlptasks._plugins.clashes import clashes, flags_wanted

    yield from (clash.line() for clash in clashes(loaded.registry))
    yield from taken_flags(flags_wanted(loaded.registry))


def _owned(loaded: Plugins, record: PluginRecord) -> list[Owned[Descriptor]]:
    owner = (record.id, record.distribution)
    return [item for item in loaded.registry.items if (item.plugin, item.distribution) == owner]


def _lines(loaded: Plugins, record: PluginRecord) -> Iterator[str]:
    yield one_line(f"{record.id} of {record.distribution} {record.version}".rstrip())
    yield f"  state: {record.state}"
    yield one_line(f"  module: {record.module}")
    if record.error:
        yield f"  {record.stage}: {record.error}"
    if record.state == "loaded":
        yield f"  imported in {record.import_seconds * 1000:.1f} ms"
    for item in _owned(loaded, record):
        yield from (f"  {line}" for line in as_lines(item))


def _detail(record: PluginRecord) -> str:
    return record.error or ", ".join(record.provides)
