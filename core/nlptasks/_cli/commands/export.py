"""``nlptasks export RECORD ... --to FORMAT``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from nlptasks._cli.once import OnceCommand
from nlptasks.errors import UsageError


@click.command(cls=OnceCommand, no_args_is_help=True)
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option(
    "--to", "form", required=True, metavar="FORMAT", help="eval-results, every-eval-ever, lm-eval or model-index."
)
@click.option("--output", "-o", default="", metavar="FILE", help="Where to write.  [default: standard output]")
@click.option("--force", "-f", is_flag=True, help="Replace the file where it exists.")
def export(records: tuple[str, ...], form: str, output: str, force: bool) -> None:
    """Write records in another tool's format.

    The file holds the whole records too, so that 'nlptasks import' gives them back. Samples are not exported.
    """
    from nlptasks._exchange.formats import exchange
    from nlptasks.files.paths import atomic_output
    from nlptasks.records.store import read_record

    made = exchange(form)
    found = [read_record(Path(source), samples=False).record for source in records]
    text = made.dump(found, _now())
    if not output:
        click.echo(text, nl=False)
        return
    with atomic_output(output, force=force) as stream:
        stream.write(text.encode())


def _now() -> int:
    """The time, or the one that the environment gives to builds that are to be the same each time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if not given.isascii() or not given.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH is {given!r}", hint="it is a number of seconds since 1970")
    return int(given)
