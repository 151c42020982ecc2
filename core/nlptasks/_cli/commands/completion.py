"""``nlptasks completion bash|zsh|fish``: the script that makes a shell complete commands, tasks and flags."""

from __future__ import annotations

import os

import click

from nlptasks._cli.lazy import ASKED
from nlptasks.errors import NlptasksError, UsageError

#: By shell, where its script goes.
_PLACES = {
    "bash": 'eval "$(nlptasks completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(nlptasks completion zsh)" in ~/.zshrc',
    "fish": "nlptasks completion fish > ~/.config/fish/completions/nlptasks.fish",
}


@click.command(epilog="; ".join(_PLACES.values()))
@click.argument("shell", type=click.Choice(list(_PLACES)))
def completion(shell: str) -> None:
    """Print the script by which a shell completes commands, tasks, flags and files."""
    from click.shell_completion import get_completion_class

    from nlptasks._cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"there is no completion for {shell}", hint=f"for: {', '.join(_PLACES)}")
    try:
        click.echo(kind(cli, {}, "nlptasks", ASKED).source())
    except RuntimeError as error:  # bash below 4.4 has no completion of this kind
        raise UsageError(str(error), hint="use a newer shell") from error


def complete() -> int:
    """Answer the script of a shell that asks how a command line may go on; where that is wrong already, not at all."""
    from click.shell_completion import shell_complete

    from nlptasks._cli.app import App
    from nlptasks._cli.main import cli

    try:
        return shell_complete(cli, {"obj": App()}, "nlptasks", ASKED, os.environ[ASKED])
    except (NlptasksError, click.ClickException):
        return 1
