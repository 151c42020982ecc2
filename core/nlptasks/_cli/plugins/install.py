"""``nlptasks plugins install|uninstall``: no plugin is imported, so that a broken one can always be removed."""

from __future__ import annotations

import importlib.machinery
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._names import DISTRIBUTION, canonical
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.standard_streams import data_fileno

#: A requirement of the distribution that has the name of this project and is somebody else's.
_NAMESAKE = re.compile(r"nlptasks\s*([\[<>=!~;].*)?", re.IGNORECASE)


@click.command(cls=OnceCommand)
@click.argument("names", nargs=-1, required=True, metavar="DISTRIBUTION...")
@click.option("-U", "--upgrade", is_flag=True, help="Upgrade what is installed already.")
@click.pass_context
def install(ctx: click.Context, names: tuple[str, ...], upgrade: bool) -> None:
    """Install distributions: names on a package index, files, folders or URLs.

    It says which command it runs: uv where that is installed, else pip.
    """
    _refuse_namesake(names)
    arguments = ["install", *(["--upgrade"] if upgrade else []), *_plain(names)]
    ctx.exit(_run(arguments, uninstall=False))


@click.command(cls=OnceCommand)
@click.argument("names", nargs=-1, required=True, metavar="PLUGIN|DISTRIBUTION...")
@click.pass_context
def uninstall(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Remove the distributions that are named, or that hold the named plugins."""
    ctx.exit(_run(["uninstall", *_distributions(_plain(names))], uninstall=True))


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
            "the plugins of nlptasks itself are part of it and cannot be removed",
            hint="disable one instead: NLPTASKS_PLUGINS=-NAME, or plugins.disable in the configuration file",
        )
    return sorted(found)


def _run(arguments: list[str], *, uninstall: bool) -> int:
    if uv := _uv():
        command = [uv, "pip", arguments[0], "--python", sys.executable, *arguments[1:]]
    else:
        confirmed = ["--yes"] if uninstall else []
        # -P: a folder 'pip' of the working directory must not run in place of the installed one.
        command = [sys.executable, "-P", "-m", "pip", arguments[0], *confirmed, *arguments[1:]]
        if not _has_pip():
            raise NlptasksError(
                "neither uv nor pip is there to do it",
                hint=f"install uv, or run where pip is: {shlex.join(['pip', *command[4:]])}",
            )
    click.echo(f"running: {shlex.join(command)}", err=True)
    sys.stdout.flush()
    return subprocess.run(command, stdout=data_fileno(), check=False).returncode


def _uv() -> str:
    """The installed uv; one that a relative PATH, or Windows, finds in the working directory does not count."""
    found = shutil.which("uv") or ""
    here = Path.cwd()
    return found if Path(found).is_absolute() and Path(found).parent != here else ""


def _has_pip() -> bool:
    """Whether pip is installed; a folder of that name in the working directory does not count."""
    here = Path.cwd()
    elsewhere = [place for place in sys.path if place and Path(place).absolute() != here]
    return importlib.machinery.PathFinder.find_spec("pip", elsewhere) is not None
