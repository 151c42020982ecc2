"""The table of ``nlptasks plugins``."""

from __future__ import annotations

import click

from nlptasks._cli.plugins.group import plugins


def test_every_name_in_the_table_is_the_command_of_that_name():
    context = click.Context(plugins, info_name="plugins")
    names = plugins.list_commands(context)
    assert names == [
        *("list", "show", "check", "new", "disable", "enable"),
        *("install", "update", "uninstall", "freeze", "sync", "search"),
    ]
    assert [plugins.get_command(context, name).name for name in names] == names


def test_without_a_command_it_lists_them(nlptasks):
    code, out, told = nlptasks("plugins")
    assert code == 2
    assert "List the plugins; imports none without --check." in out + told
