"""``nlptasks leaderboard``: the table of its commands."""

from __future__ import annotations

import click

from nlptasks._cli.lazy import LazyGroup

_COMMANDS = {
    "build": ("nlptasks._cli.leaderboard.build:build", "Build the leaderboard of a folder of records."),
    "check": ("nlptasks._cli.leaderboard.check:check", "Look for what makes records worthless."),
    "diff": ("nlptasks._cli.leaderboard.diff:diff", "Show what changed between two boards."),
    "site": ("nlptasks._cli.leaderboard.site:site", "Write web pages of several boards with an index."),
    "init": ("nlptasks._cli.leaderboard.init:init", "Write a repository that others submit records to."),
    "submit": ("nlptasks._cli.leaderboard.submit:submit", "Check a record, and put it where submissions go."),
    "score": ("nlptasks._cli.leaderboard.score:score", "Score predictions by gold answers that stay hidden."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def leaderboard() -> None:
    """Leaderboards: what a folder of records says together, and repositories that people submit to."""
