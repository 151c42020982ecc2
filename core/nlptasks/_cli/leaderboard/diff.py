"""``nlptasks leaderboard diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.leaderboard.believing import FOLDER, believing
from nlptasks._cli.once import OnceCommand
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from nlptasks._board.trust import Believed


@click.command(cls=OnceCommand)
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print markdown, as a comment on a pull request.")
@believing
@pass_app
def diff(app: App, old: Path, new: Path, as_json: bool, markdown: bool, believed: Believed) -> None:
    """Show what changed from OLD to NEW: folders of records, or boards as .json files.

    The other flags hold for both, where they are folders.
    """
    from dataclasses import asdict

    from nlptasks._board.changes import as_markdown, changes, read_board
    from nlptasks._cli.views.tables import echo_json, table

    if as_json and markdown:
        raise UsageError("--json and --markdown are both given", hint="leave one of them out")
    registry = app.plugins().registry
    before, after = (read_board(registry, path, believed) for path in (old, new))
    found = changes(before, after)
    if as_json:
        echo_json([asdict(change) for change in found])
    elif markdown:
        click.echo(as_markdown(before, after), nl=False)
    elif found:
        rows = [(item.task, item.dataset, item.system, item.what, item.old, item.new) for item in found]
        click.echo(table(("TASK", "DATASET", "SYSTEM", "WHAT", "OLD", "NEW"), rows))
    else:
        click.echo("no difference", err=True)
