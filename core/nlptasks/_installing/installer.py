"""Runs what installs and removes distributions: uv where it is, else pip."""

from __future__ import annotations

import importlib.machinery
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from nlptasks.errors import NlptasksError
from nlptasks.files.standard_streams import data_fileno


def run_installer(action: str, arguments: Sequence[str], *, dry_run: bool = False) -> int:
    """Say which command it is, run it, and return its exit code.

    Args:
        action: ``install`` or ``uninstall``.
        arguments: What follows: flags that uv and pip both know, and requirements.
        dry_run: Whether to say it only.

    Raises:
        NlptasksError: Neither uv nor pip is there.
    """
    command = _command(action, arguments)
    click.echo(f"{'would run' if dry_run else 'running'}: {shlex.join(command)}", err=True)
    if dry_run:
        return 0
    sys.stdout.flush()
    return subprocess.run(command, stdout=data_fileno(), check=False).returncode


def _command(action: str, arguments: Sequence[str]) -> list[str]:
    if uv := _uv():
        return [uv, "pip", action, "--python", sys.executable, *arguments]
    confirmed = ["--yes"] if action == "uninstall" else []
    # -P: a folder 'pip' of the working directory must not run in place of the installed one.
    command = [sys.executable, "-P", "-m", "pip", action, *confirmed, *arguments]
    if not _has_pip():
        raise NlptasksError(
            "neither uv nor pip is there to do it",
            hint=f"install uv, or run where pip is: {shlex.join(['pip', *command[4:]])}",
        )
    return command


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
