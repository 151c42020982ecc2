"""A group that imports a command only when it runs."""

from __future__ import annotations

import sys

import click
import pytest

from nlptasks._cli.lazy import LazyGroup
from nlptasks.errors import PluginError, UsageError

COMMANDS = {
    "unused": ("test_lazy_no_such_module:command", "Never imported."),
    "list": ("nlptasks._cli.commands.listings:list_formats", "List something."),
}


@pytest.fixture
def group() -> LazyGroup:
    return LazyGroup("demo", lazy=COMMANDS)


def test_the_listing_is_in_the_order_of_the_table_and_imports_nothing(group):
    context = click.Context(group, info_name="demo")
    shown = group.get_help(context)
    assert group.list_commands(context) == ["unused", "list"]
    assert shown.index("Never imported.") < shown.index("List something.")
    assert "test_lazy_no_such_module" not in sys.modules


def test_a_command_is_imported_when_it_is_asked_for(group):
    context = click.Context(group, info_name="demo")
    assert group.get_command(context, "list").name == "list"
    assert group.get_command(context, "other") is None
    with pytest.raises(PluginError, match="test_lazy_no_such_module"):
        group.get_command(context, "unused")


def test_an_unknown_command_names_the_nearest_and_all(group):
    with pytest.raises(UsageError, match=r"there is no command 'demo lst'; did you mean 'list'\?") as caught:
        group.resolve_command(click.Context(group, info_name="demo"), ["lst"])
    assert caught.value.hint == "there are: unused, list"
