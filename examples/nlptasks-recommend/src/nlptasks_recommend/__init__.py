"""What this plugin brings. Imported at every start of nlptasks: keep it light."""

from __future__ import annotations

from nlptasks.plugin import CommandSpec, hookimpl


@hookimpl
def nlptasks_commands() -> list[CommandSpec]:
    return [
        CommandSpec(
            name="recommend",
            summary="Name the items of a catalogue that are most like what is asked for.",
            object="nlptasks_recommend.command:recommend",
        )
    ]
