"""A group whose commands are imported only when they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.once import check_repeated
from nlptasks._names import did_you_mean, resolve
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: How a shell asks how a command line may go on: the variable that its script sets.
ASKED = "_NLPTASKS_COMPLETE"

#: Command name to its import string and its line in ``--help``.
Commands = Mapping[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group that knows the short help of its commands beforehand, so that listing them loads none.

    Args:
        lazy: The commands, in the order of the listing.
    """

    def __init__(self, *args: Any, lazy: Commands, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        check_repeated(self, ctx, args)
        return super().parse_args(ctx, args)

    def more(self, ctx: click.Context) -> Mapping[str, str]:
        """Commands that come from elsewhere, with their lines in ``--help``."""
        return {}

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        every = {**{name: text for name, (_, text) in self._lazy.items()}, **self.more(ctx)}
        names = [CompletionItem(name, help=text) for name, text in every.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._lazy, *self.more(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return None
        command: click.Command = resolve(self._lazy[cmd_name][0])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*((name, text) for name, (_, text) in self._lazy.items()), *self.more(ctx).items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is not None or name.startswith("-"):
            return super().resolve_command(ctx, args) if command is None else (name, command, args[1:])
        known = self.list_commands(ctx)
        raise UsageError(
            f"there is no command '{ctx.command_path} {name}'{did_you_mean(name, known)}",
            hint=f"there are: {', '.join(known)}",
        )
