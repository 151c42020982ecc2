"""Faults of commands."""

from __future__ import annotations

import click

from nlptasks.plugin import (
    CommandSpec,
)

from .fault import Fault

HERE = __name__


@click.command()
@click.option("--loud", is_flag=True, help="Shout.")
def greet(loud: bool) -> None:
    """Say good day."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def greedy() -> None:
    """Take anything."""


@click.command()
@click.option("--loud", is_flag=True)
def silent_flag(loud: bool) -> None:
    """Say good day."""


@click.command()
def undocumented() -> None:
    pass


class Broken(click.Command):
    def format_help(self, ctx, formatter):
        raise KeyError("usage")


broken = Broken("broken", help="Say good day.")


def no_command() -> None:
    """Say good day."""


def command(name: str) -> CommandSpec:
    return CommandSpec(name="greet", summary="s", object=f"{HERE}:{name}")


def found() -> list[Fault]:
    return [
        Fault("command", "a function that is no click command", command("no_command"), "must be a click command"),
        Fault("command", "a command without help", command("undocumented"), "the command has no docstring"),
        Fault("command", "a flag without help", command("silent_flag"), "the flag --loud has no help"),
        Fault("command", "help that fails", command("broken"), "failed: KeyError: 'usage'"),
        Fault("command", "any flag taken", command("greedy"), "a flag that it does not have is taken without a word"),
    ]
