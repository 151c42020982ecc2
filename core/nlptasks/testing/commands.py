"""The check that every command must pass."""

from __future__ import annotations

from nlptasks._names import resolve
from nlptasks.plugin import CommandSpec
from nlptasks.testing._steady import steady, told, warm

__all__ = ["check_command"]

#: What a user types to see what a command takes.
_HELP = ("--help", "-h")


def check_command(command: CommandSpec) -> None:
    """Check what every command must do.

    What it names is a click command that shows its help under ``--help``, tells what each of its flags is for, refuses
    a flag that it does not have, and changes nothing that the process has one of.

    Args:
        command: The command.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    import click
    from click.testing import CliRunner

    with told("the command"):
        found = resolve(command.object)
    assert isinstance(found, click.Command), (
        f"{command.object} must be a click command, made by click.command() or group(), got {type(found).__name__}"
    )
    assert (found.help or "").strip(), "the command has no docstring, which would be its help"
    context = click.Context(found, info_name=command.name)
    own = [param for param in found.params if isinstance(param, click.Option)]
    for option in own:
        reserved = sorted({*option.opts}.intersection(_HELP))
        assert not reserved, f"the flag {reserved[0] if reserved else ''} shows the help of every command"
        assert option.help or option.hidden, f"the flag {max(option.opts, key=len)} has no help"
    with told("the command"), warm():
        found.get_help(context)
    runner = CliRunner()
    with steady("the command"):
        shown = runner.invoke(found, ["--help"], prog_name=f"nlptasks {command.name}")
        wrong = runner.invoke(found, ["--no-such-flag-of-anybody"], prog_name=f"nlptasks {command.name}")
    assert shown.exit_code == 0, f"--help ended with exit code {shown.exit_code}: {shown.exception!r}"
    assert "Usage:" in shown.output, f"--help shows no usage: {shown.output[:80]!r}"
    assert wrong.exit_code, "a flag that it does not have is taken without a word"
