"""``nlptasks leaderboard check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.leaderboard.believing import FOLDER, believing
from nlptasks._cli.once import OnceCommand
from nlptasks.text.display import counted

if TYPE_CHECKING:
    from nlptasks._board.trust import Believed


@click.command(cls=OnceCommand)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--train", multiple=True, metavar="FILE", help="Training data that the test data must not overlap with.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@believing
@pass_app
def check(
    app: App,
    folder: Path,
    train: tuple[str, ...],
    as_json: bool,
    believed: Believed,
) -> None:
    """Look for what makes the records below DIR worthless; the exit code is 1 where something does.

    Every number is scored anew from the samples, as 'nlptasks verify' does; with --benchmark or --suite, inputs and
    gold are compared with the benchmark's own data.
    """
    from dataclasses import asdict

    from nlptasks._board.checking.checks import ERROR, check_folder
    from nlptasks._cli.views.tables import echo_json, table

    findings = check_folder(app.plugins().registry, folder, train=train, believed=believed)
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    elif findings:
        rows = [(item.severity, item.check, item.record, item.reason) for item in findings]
        click.echo(table(("SEVERITY", "CHECK", "RECORD", "REASON"), rows))
    errors = sum(finding.severity == ERROR for finding in findings)
    warnings = len(findings) - errors
    click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    if errors:
        raise click.exceptions.Exit(1)
