"""``nlptasks leaderboard site``."""

from __future__ import annotations

from pathlib import Path

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.leaderboard.believing import FOLDER
from nlptasks._cli.once import OnceCommand
from nlptasks.text.display import counted, one_line


@click.command(cls=OnceCommand)
@click.argument("folders", metavar="DIR...", type=FOLDER, nargs=-1, required=True)
@click.option("--output", "-o", required=True, metavar="SITE", type=FOLDER, help="The new folder of the site.")
@click.option("--title", default="Leaderboards", show_default=True, metavar="TEXT", help="Title of the index.")
@pass_app
def site(app: App, folders: tuple[Path, ...], output: Path, title: str) -> None:
    """Write web pages of several boards with an index, and badges and tables for other pages.

    Each DIR is a repository that 'nlptasks leaderboard init' wrote, whose suite and attestations count, or a folder of
    records. A board is one file, which works from a disk too; the same records give the same bytes.
    """
    from nlptasks._board.page.site import write_site

    n = write_site(app.plugins().registry, folders, output, title=title)
    click.echo(f"{counted(n, 'board')} -> {one_line(str(output / 'index.html'))}", err=True)
