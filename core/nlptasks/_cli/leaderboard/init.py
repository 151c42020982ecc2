"""``nlptasks leaderboard init``."""

from __future__ import annotations

from pathlib import Path

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.leaderboard.believing import FOLDER
from nlptasks._settings.boards import BoardData
from nlptasks.text.display import one_line


def _init(app: App, chosen: Chosen, folder: Path) -> None:
    """Write the repository of a public leaderboard into the new folder DIR.

    It holds a suite with one data set, rules, folders for records and attestations, and the workflows that check a pull
    request and comment what it changes on the board. Without --data it begins with an example of a few reviews.
    """
    from nlptasks._board.repository.template import write_repository

    data = chosen.of(BoardData)
    dataset = write_repository(app.plugins().registry, folder, data)
    click.echo(f"wrote {one_line(str(folder))}, with the data set {dataset}; next:")
    for line in (
        f"nlptasks benchmark show {folder}/suite.yaml",
        f"cd {folder} && git init && git add . && git commit -m 'Begin'",
    ):
        click.echo(f"  {one_line(line)}")
    if data.withhold_gold:
        click.echo(f"  the gold answers lie in {one_line(str(folder))}/hidden, which git leaves out: keep a copy")


init = command("init", _init, [click.Argument(["folder"], metavar="DIR", type=FOLDER), *flags_of(BoardData)])
