"""``nlptasks runs list|clean``: runs that were stopped."""

from __future__ import annotations

from pathlib import Path

import click

from nlptasks._cli.once import OnceCommand
from nlptasks.text.display import counted, one_line

places_argument = click.argument("places", nargs=-1, metavar="[FOLDER|OUTPUT]...")


@click.group()
def runs() -> None:
    """Runs that were stopped: what is kept of them, so that the same command goes on."""


@runs.command("list", cls=OnceCommand)
@places_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_runs(places: tuple[str, ...], as_json: bool) -> None:
    """List the runs that were stopped and wrote into FOLDER (this one), or would have written OUTPUT."""
    from dataclasses import asdict

    from nlptasks._cli.views.tables import echo_json, table
    from nlptasks._running.resuming.left import left_runs

    found = left_runs([Path(place) for place in places or (".",)])
    if as_json:
        echo_json([{**asdict(run), "path": str(run.path)} for run in found])
        return
    if not found:
        click.echo("no run that was stopped", err=True)
        return
    rows = []
    for run in found:
        state = "damaged" if run.damaged else "running" if run.writing else "stopped"
        rows.append([run.output or str(run.path), state, f"{run.rows:,}", run.started, run.command])
    click.echo(table(("OUTPUT", "STATE", "ROWS", "STARTED", "COMMAND"), rows))


@runs.command("clean", cls=OnceCommand)
@places_argument
def clean_runs(places: tuple[str, ...]) -> None:
    """Remove what is kept of the runs that were stopped in FOLDER (this one), or of the run that writes OUTPUT.

    A run that is going on is left alone.
    """
    from nlptasks._running.resuming.left import left_runs, remove

    found = left_runs([Path(place) for place in places or (".",)])
    if not found:
        click.echo("no run that was stopped", err=True)
    for run in found:
        name = one_line(run.output or str(run.path))
        if remove(run):
            click.echo(f"removed {counted(run.rows, 'row')} that were kept of {name}")
        else:
            click.echo(f"{name} is being written; left alone", err=True)
