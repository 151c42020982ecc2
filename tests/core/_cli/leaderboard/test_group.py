"""The table of ``nlptasks leaderboard``."""

from __future__ import annotations

import click

from nlptasks._cli.leaderboard.group import leaderboard


def test_every_name_in_the_table_is_the_command_of_that_name():
    context = click.Context(leaderboard, info_name="leaderboard")
    names = leaderboard.list_commands(context)
    assert names == ["build", "check", "diff", "site", "init", "submit", "score"]
    assert [leaderboard.get_command(context, name).name for name in names] == names
