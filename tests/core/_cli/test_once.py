"""No command takes two values of a flag that has one, and forgets the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup
from nlptasks._cli.main import cli, run_command
from nlptasks._cli.once import check_repeated
from nlptasks.errors import UsageError


def commands(ctx: click.Context) -> Iterator[click.Context]:
    """All commands below one, with itself: each in a context in which plugins are there."""
    yield ctx
    if isinstance(ctx.command, click.Group):
        names = ctx.command.list_commands(ctx)
        if isinstance(ctx.command, TaskGroup):
            names = [*names, "sentiment,classification"] if ctx.info_name == "run" else names
        for name in (*names, *(["all"] if ctx.info_name == "eval" else [])):
            found = ctx.command.get_command(ctx, name)
            assert found is not None
            yield from commands(click.Context(found, parent=ctx, info_name=name))


def flags(ctx: click.Context) -> Iterator[click.Option]:
    """The flags of a command that take one value."""
    for param in ctx.command.get_params(ctx):
        if isinstance(param, click.Option) and not param.is_flag and not param.count and not param.multiple:
            yield param


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[click.Context]:
    """All commands of the program."""
    config = tmp_path_factory.mktemp("once") / "config.toml"
    config.touch()
    return list(commands(click.Context(cli, info_name="nlptasks", obj=App(config_file=Path(config)))))


def test_the_walk_finds_the_commands(every: list[click.Context]) -> None:
    paths = {ctx.command_path for ctx in every}
    assert {"nlptasks", "nlptasks run sentiment", "nlptasks plugins check", "nlptasks leaderboard build"} <= paths
    assert sum(len(list(flags(ctx))) for ctx in every) > 200


def line(ctx: click.Context, first: list[str], second: list[str]) -> list[str]:
    """A command line with two flags; before ``train``'s own there is no task, since a recipe names its own."""
    if ctx.command_path == "nlptasks train":
        return [*first, *second, *([] if "--plot" in first else ["--plot=log"])]
    return [*first, *second] if isinstance(ctx.command, click.Group) else [*first, "x", *second]


def test_no_flag_that_takes_one_value_takes_two(every: list[click.Context]) -> None:
    for ctx in every:
        for flag in flags(ctx):
            args = line(ctx, [flag.opts[0], "a"], [flag.opts[-1], "b"])
            try:
                ctx.command.make_context(str(ctx.info_name), args, parent=ctx.parent)
            except UsageError as error:
                assert "is given twice, and takes one value" in error.message, (ctx.command_path, error.message)
                assert error.exit_code == 2
            else:
                pytest.fail(f"{ctx.command_path} takes {flag.opts[0]} twice")


def test_no_flag_stands_beside_its_contrary(every: list[click.Context]) -> None:
    seen = 0
    for ctx in every:
        for flag in ctx.command.get_params(ctx):
            if isinstance(flag, click.Option) and flag.secondary_opts:
                seen += 1
                args = line(ctx, [flag.opts[0]], [flag.secondary_opts[0]])
                with pytest.raises(UsageError, match="are both given"):
                    ctx.command.make_context(str(ctx.info_name), args, parent=ctx.parent)
    assert seen > 10


def test_the_programs_own_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--config", "a.toml", "--config", "b.toml", "tasks", "list"]) == 2
    assert "--config is given twice, and takes one value" in capsys.readouterr().err


def test_what_may_stand_twice() -> None:
    several = click.Option(["--metric"], multiple=True)
    on, text = click.Option(["--force/--no-force"]), click.Option(["--text"])
    command = click.Command("x", params=[several, on, text])
    args = ["--metric", "a", "--metric", "b", "--force", "--force", "--text", "--no-force"]
    check_repeated(command, click.Context(command), args[:-2])
    check_repeated(command, click.Context(command), [*args[:5], *args[-2:]])
