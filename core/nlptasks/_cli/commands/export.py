"""``nlptasks export RECORD ... --to FORMAT``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from nlptasks._cli.once import OnceCommand
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder, is_there


@click.command(cls=OnceCommand, no_args_is_help=True)
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option(
    "--to", "form", required=True, metavar="FORMAT", help="eval-results, every-eval-ever, lm-eval, model-index or mteb."
)
@click.option(
    "--output",
    "-o",
    default="",
    metavar="FILE",
    help="Where to write; with a slash at its end, a folder with a file for each system.  [default: standard output]",
)
@click.option("--force", "-f", is_flag=True, help="Replace files that exist.")
def export(records: tuple[str, ...], form: str, output: str, force: bool) -> None:
    """Write records in another tool's format.

    A file is of one system, and holds the whole records too, so that 'nlptasks import' gives them back. Samples are not
    exported.
    """
    from nlptasks._exchange.formats import exchange
    from nlptasks._exchange.parts import file_names, parts
    from nlptasks.files.paths import atomic_output
    from nlptasks.records.store import read_record

    made, now = exchange(form), _now()
    found = [read_record(Path(source), samples=False).record for source in records]
    if not output:
        click.echo(made.dump(found, now), nl=False)
        return
    folder = output.endswith((os.sep, "/")) or is_folder(output)
    files = parts(found, made.key) if folder else [found]
    names = [str(Path(output) / name) for name in file_names(files, made.suffix)] if folder else [output]
    texts = [made.dump(file, now) for file in files]
    taken = [name for name in names if is_there(Path(name))]
    if folder and taken and not force:
        raise UsageError(f"{taken[0]} exists already", hint="--force replaces it; or give another --output")
    if folder:
        try:
            Path(output).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"the folder {output} cannot be made: {error.strerror}") from error
    for name, text in zip(names, texts, strict=True):
        with atomic_output(name, force=force) as stream:
            stream.write(text.encode())
        if folder:
            click.echo(name, err=True)


def _now() -> int:
    """The time, or the one that the environment gives to builds that are to be the same each time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if not given.isascii() or not given.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH is {given!r}", hint="it is a number of seconds since 1970")
    return int(given)
