"""``nlptasks plugins freeze|sync``: which plugins are installed, as requirements, and the same ones again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._cli.plugins.install import dry_run_option, install_all
from nlptasks._names import DISTRIBUTION
from nlptasks._version import __version__
from nlptasks.text.display import counted, one_line

if TYPE_CHECKING:
    from nlptasks._installing.installations import Installation
    from nlptasks._installing.requirements import Wanted


@click.command(cls=OnceCommand)
def freeze() -> None:
    """Print the distributions with plugins and their versions, as requirements that pip and 'plugins sync' read."""
    from nlptasks._installing.installations import plugin_installations

    click.echo(f"# plugins beside those of {DISTRIBUTION} {__version__}")
    for one in plugin_installations():
        if one.editable:
            click.echo(f"{one.name} is a folder of this machine that is edited: {one.source}", err=True)
        click.echo(one_line(one.requirement, limit=2000))


@click.command(cls=OnceCommand)
@click.argument("file", required=False, metavar="[FILE]")
@click.option("-U", "--upgrade", is_flag=True, help="Install those of FILE too that are there in another version.")
@dry_run_option
@click.pass_context
def sync(ctx: click.Context, file: str | None, upgrade: bool, dry_run: bool) -> None:
    """Install what is missing of FILE, which 'plugins freeze' wrote, and say what differs from it.

    Without FILE it is what 'plugins install' installed into this environment before: after an upgrade, say.
    What is not in FILE is left alone. Exits with 1 where a version differs.
    """
    from nlptasks._installing.installations import installation
    from nlptasks._installing.requirements import read_requirements, remembered, remembered_file

    wanted = read_requirements(Path(file)) if file else remembered()
    name = file or str(remembered_file())
    if not wanted and not file:
        click.echo("'plugins install' has installed nothing into this environment; nothing to do", err=True)
        return
    wanted = [one for one in wanted if one.requirement.marker is None or one.requirement.marker.evaluate()]
    there = {one.name: installation(one.name) for one in wanted}
    missing = [one.text for one in wanted if there[one.name] is None]
    differing = [one for one in wanted if (found := there[one.name]) and not _is_it(one, found)]
    for one in differing:
        click.echo(f"{one.name}: {_shown(there[one.name])} is installed, {name} wants {one.text}", err=True)
    _tell_others({one.name for one in wanted}, name)
    texts = [*missing, *(one.text for one in differing if upgrade)]
    click.echo(
        f"{counted(len(wanted), 'requirement')} in {name}: {len(wanted) - len(missing) - len(differing)} met, "
        f"{len(missing)} missing, {len(differing)} of another version"
    )
    code = install_all(texts, upgrade=upgrade, dry_run=dry_run, keep=[]) if texts else 0
    if differing and not upgrade:
        click.echo("'nlptasks plugins sync --upgrade' installs the versions of the file", err=True)
    ctx.exit(code or (1 if differing and (dry_run or not upgrade) else 0))


def _is_it(wanted: Wanted, found: Installation) -> bool:
    """Whether what is installed meets a requirement."""
    if wanted.requirement.url:
        return found.source.rstrip("/") == wanted.requirement.url.rstrip("/")
    return wanted.requirement.specifier.contains(found.version, prereleases=True)


def _shown(found: Installation | None) -> str:
    if found is None:
        return "nothing"
    return f"{found.version} from {found.source}" if found.source else found.version


def _tell_others(names: Iterable[str], file: str) -> None:
    from nlptasks._installing.installations import plugin_installations

    if others := [one.name for one in plugin_installations() if one.name not in set(names)]:
        click.echo(f"not in {file}, and left alone: {', '.join(others)}", err=True)
