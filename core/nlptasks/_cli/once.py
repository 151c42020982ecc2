"""The rule of all commands: a flag that takes one value is given once. Light, since the program's own flags have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from nlptasks.errors import UsageError


def check_repeated(command: click.Command, ctx: click.Context, args: Sequence[str]) -> None:
    """Of a flag that is given twice, click would take the last value and forget the first.

    Raises:
        UsageError: One is given twice, or beside its contrary.
    """
    _, _, order = command.make_parser(ctx).parse_args(list(args))
    counts = Counter(param for param in order if isinstance(param, click.Option))
    for param, count in counts.items():
        if count == 1 or param.multiple or param.count:
            continue
        if not param.is_flag:
            flag = max(param.opts, key=len)
            raise UsageError(f"{flag} is given twice, and takes one value", hint="leave one of them out")
        contrary = [name for name in param.secondary_opts if name in args]
        if contrary and (own := [name for name in param.opts if name in args]):
            raise UsageError(f"{own[0]} and {contrary[0]} are both given", hint="leave one of them out")


class OnceCommand(click.Command):
    """A command whose flags that take one value may stand there once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        check_repeated(self, ctx, args)
        return super().parse_args(ctx, args)
