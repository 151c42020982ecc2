"""``nlptasks leaderboard build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.leaderboard.believing import FOLDER, believing
from nlptasks._cli.once import OnceCommand

if TYPE_CHECKING:
    from nlptasks._board.trust import Believed


@click.command(cls=OnceCommand)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--output", "-o", default="", metavar="FILE", help="A .html, .md, .csv or .json file.  [default: a table]"
)
@click.option("--force", "-f", is_flag=True, help="Overwrite the output where it exists.")
@click.option(
    "--min-trust",
    default="V1",
    show_default=True,
    type=click.Choice(["V0", "V1", "V2", "V3"]),
    help="The least trust that is ranked.",
)
@click.option("--task", default="", metavar="NAME", help="Only the records of this task.")
@click.option("--title", default="Leaderboard", show_default=True, metavar="TEXT", help="Title of the board.")
@click.option("--strict-records", is_flag=True, help="Make a damaged record an error; else it is listed on the board.")
@believing
@pass_app
def build(
    app: App,
    folder: Path,
    output: str,
    force: bool,
    min_trust: str,
    task: str,
    title: str,
    strict_records: bool,
    believed: Believed,
) -> None:
    """Build the leaderboard of the records below DIR. The same records give the same bytes."""
    from typing import cast

    from nlptasks._board.board import build as build_board
    from nlptasks._board.plain import summary
    from nlptasks._board.writing import check_output, render
    from nlptasks.files.paths import atomic_output
    from nlptasks.records.schema import Trust
    from nlptasks.text.display import one_line

    kind = check_output(output, force=force)
    board = build_board(
        app.plugins().registry,
        folder,
        min_trust=cast(Trust, min_trust),
        task=task,
        title=title,
        strict=strict_records,
        believed=believed,
    )
    text = render(board, kind)
    if not output:
        click.echo(text)
        return
    with atomic_output(Path(output), force=force) as stream:
        stream.write(text.encode("utf-8", "replace"))
    click.echo(f"{summary(board)} -> {one_line(output)}", err=True)
