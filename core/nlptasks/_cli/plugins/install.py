"""``nlptasks plugins install|uninstall|update``: no plugin is imported, so that a broken one can always be removed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._names import DISTRIBUTION, canonical
from nlptasks.errors import NlptasksError, UsageError

if TYPE_CHECKING:
    from nlptasks._installing.installations import Installation

#: A requirement of the distribution that has the name of this project and is somebody else's.
_NAMESAKE = re.compile(r"nlptasks\s*([\[<>=!~;@].*)?", re.IGNORECASE)

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would run, and do nothing.")


@click.command(cls=OnceCommand)
@click.argument("names", nargs=-1, required=True, metavar="DISTRIBUTION...")
@click.option("-U", "--upgrade", is_flag=True, help="Upgrade what is installed already.")
@dry_run_option
@click.pass_context
def install(ctx: click.Context, names: tuple[str, ...], upgrade: bool, dry_run: bool) -> None:
    """Install distributions: names on a package index, files, folders or URLs.

    It says which command it is about to run (uv where that is installed, else pip) and what came of it, and remembers
    what was asked for: 'nlptasks plugins sync' installs it again. A plugin is code that runs with your rights whenever
    nlptasks loads it.
    """
    ctx.exit(install_all(_plain(names), upgrade=upgrade, dry_run=dry_run, keep=names))


@click.command(cls=OnceCommand)
@click.argument("names", nargs=-1, required=True, metavar="PLUGIN|DISTRIBUTION...")
@dry_run_option
@click.pass_context
def uninstall(ctx: click.Context, names: tuple[str, ...], dry_run: bool) -> None:
    """Remove the distributions that are named, or that hold the named plugins."""
    from nlptasks._installing.installer import run_installer
    from nlptasks._installing.requirements import forget

    found = _distributions(_plain(names))
    code = run_installer("uninstall", found, dry_run=dry_run)
    if not (code or dry_run):
        forget(found)
    ctx.exit(code)


@click.command(cls=OnceCommand)
@click.argument("names", nargs=-1, metavar="[PLUGIN|DISTRIBUTION]...")
@dry_run_option
@click.pass_context
def update(ctx: click.Context, names: tuple[str, ...], dry_run: bool) -> None:
    """Install the newest versions of the named plugins, or of all that came from a package index.

    A version that 'plugins install NAME==VERSION' asked for stays, unless NAME is given here. The program
    itself is updated by what installed it.
    """
    from nlptasks._installing.installations import plugin_installations

    there = plugin_installations()
    wanted = set(_distributions(_plain(names))) if names else {one.name for one in there}
    if missing := sorted(wanted - {one.name for one in there}):
        raise UsageError(
            f"{missing[0]} is not installed with any plugin", hint=f"nlptasks plugins install {missing[0]}"
        )
    chosen = list(_from_index(one for one in there if one.name in wanted))
    if not chosen:
        click.echo("no plugin that came from a package index; nothing to update", err=True)
        return
    keep = chosen if names else []
    ctx.exit(install_all(keep or _as_asked(chosen), upgrade=True, dry_run=dry_run, keep=keep))


def install_all(texts: Sequence[str], *, upgrade: bool, dry_run: bool, keep: Sequence[str]) -> int:
    """Install requirements, say what came of it, and return the exit code.

    Args:
        texts: The requirements, files, folders or URLs.
        upgrade: Whether to upgrade what is installed already.
        dry_run: Whether to say only what would run.
        keep: Those that are remembered.
    """
    from nlptasks._installing.installations import plugin_installations
    from nlptasks._installing.installer import run_installer
    from nlptasks._installing.requirements import remember

    _refuse_namesake(texts)
    before = plugin_installations()
    code = run_installer("install", [*(["--upgrade"] if upgrade else []), *texts], dry_run=dry_run)
    if code or dry_run:
        return code
    after = plugin_installations()
    for line in _changes(before, after):
        click.echo(line, err=True)
    try:
        remember(_as_requirements(keep, after))
    except NlptasksError as error:  # it is installed nevertheless
        click.echo(f"warning: not remembered for 'plugins sync': {error.message}", err=True)
    return 0


def _changes(before: Iterable[Installation], after: Iterable[Installation]) -> Iterator[str]:
    """A line for each distribution with plugins that is new or of another version."""
    old = {one.name: one.version for one in before}
    for one in after:
        brings = f"{'plugin' if len(one.plugins) == 1 else 'plugins'} {', '.join(one.plugins)}"
        if one.name not in old:
            yield f"{one.name} {one.version}: {brings}; 'nlptasks plugins check {one.name}' tries it"
        elif old[one.name] != one.version:
            yield f"{one.name} {old[one.name]} -> {one.version}: {brings}"


def _as_requirements(names: Iterable[str], after: Iterable[Installation]) -> Iterator[str]:
    """What was asked for as requirements: a folder or an address by the distribution that came from there."""
    from nlptasks._installing.requirements import parsed

    by_source = {source: one.name for one in after for source in (one.source, one.source.rpartition("@")[0]) if source}
    for name in names:
        address = name if "://" in name else Path(name).resolve().as_uri()
        if parsed(name):
            yield name
        elif made := by_source.get(address) or by_source.get(address.rstrip("/")):
            yield f"{made} @ {address}"
        else:
            click.echo(f"warning: not remembered for 'plugins sync': no plugin came from {name}", err=True)


def _from_index(found: Iterable[Installation]) -> Iterator[str]:
    for one in found:
        if one.source:
            click.echo(f"{one.name} is from {one.source}; install it from there again to update it", err=True)
        else:
            yield one.name


def _as_asked(names: Iterable[str]) -> list[str]:
    """The same distributions, each as 'plugins install' was asked for it."""
    from nlptasks._installing.requirements import remembered

    asked = {one.name: one.text for one in remembered()}
    return [asked.get(name, name) for name in names]


def _refuse_namesake(names: Sequence[str]) -> None:
    for name in names:
        if _NAMESAKE.fullmatch(name.strip()):
            raise UsageError(
                f"{name!r} on the public index is another project than this one",
                hint=f"this one is called {DISTRIBUTION}",
            )


def _plain(names: Sequence[str]) -> Sequence[str]:
    """A name with a leading dash would reach the installer as an option."""
    for name in names:
        if name.startswith("-"):
            raise UsageError(f"{name!r} is no name of a distribution")
    return names


def _distributions(names: Sequence[str]) -> list[str]:
    from nlptasks._plugins.discovery import discover

    records = [candidate.record for candidate in discover()]
    found: set[str] = set()
    for name in names:
        owners = {record.distribution for record in records if record.id == name}
        if canonical(name) in {record.distribution for record in records} or not owners:
            owners = {canonical(name)}
        if len(owners) > 1:
            raise UsageError(
                f"{' and '.join(sorted(owners))} both have a plugin {name!r}", hint="name one of the distributions"
            )
        found |= owners
    if "nlptasks" in found:
        raise UsageError(
            "the plugins of nlptasks itself are part of it, and come and go with it",
            hint=f"disable one: nlptasks plugins disable NAME; update it: pip install -U {DISTRIBUTION}",
        )
    return sorted(found)
