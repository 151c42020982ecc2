"""The commands of nlptasks itself come by the hook, and pass the check of every command."""

from __future__ import annotations

import pytest

from nlptasks._cli.own import nlptasks_commands
from nlptasks._cli.table import COMMANDS
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks.plugin import CommandSpec
from nlptasks.testing import check_command


def test_they_are_among_what_plugins_bring() -> None:
    found = load_plugins(Config()).registry.all(CommandSpec)
    assert {item.spec.name for item in found if item.distribution == "nlptasks"} == COMMANDS.keys()


@pytest.mark.parametrize("command", nlptasks_commands(), ids=lambda command: command.name)
def test_each_passes_the_check(command: CommandSpec) -> None:
    check_command(command)
