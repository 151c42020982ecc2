"""The plugin ``commands``: the commands of nlptasks itself come by the hook that those of others come by."""

from __future__ import annotations

from nlptasks._cli.table import COMMANDS
from nlptasks.plugin import CommandSpec, hookimpl


@hookimpl
def nlptasks_commands() -> list[CommandSpec]:
    """All of them."""
    return [CommandSpec(name=name, summary=summary, object=place) for name, (place, summary) in COMMANDS.items()]
