"""The command ``nlptasks``: its global options, its commands, and how a failure is shown."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click

from nlptasks._cli.app import App
from nlptasks._cli.ending import Ending
from nlptasks._cli.installed import command_of, found, has_command
from nlptasks._cli.lazy import ASKED, LazyGroup
from nlptasks._cli.table import COMMANDS
from nlptasks._signals import Terminated, stop_on_signals
from nlptasks._version import __version__
from nlptasks.errors import NlptasksError
from nlptasks.files.standard_streams import keep_for_data, put_streams_back
from nlptasks.text.display import one_line

#: Objects that are made before Python looks for circles among them: a start makes many, and no circle.
_OBJECTS = 50_000

_INTERRUPTED = 130
_BROKEN_PIPE = 141

#: Seconds that threads of plugins have to end once the command is done: one may send what it observed.
_PATIENCE = 10.0

#: Characters of a line of an error that are shown.
_LONGEST = 2_000


class _Program(LazyGroup):
    """The commands of nlptasks itself, and behind them those of plugins."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        flags = [(f"--{name}", given.get(key)) for name, key in _CHANGING.items()]
        ctx.meta[_FLAGS] = [part for flag, value in flags if value for part in (flag, str(value))]
        return super().parse_args(ctx, args)

    def more(self, ctx: click.Context) -> Mapping[str, str]:
        return {one.name: one.summary for one in found(ctx.meta.get(_FLAGS, ())) if one.name not in COMMANDS}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            app = _app(ctx)
            return command_of(app, cmd_name) if has_command(app, cmd_name) else None
        rivals = () if ctx.meta.get(_FLAGS) else found(look=False)
        for rival in (one for one in rivals if one.name == cmd_name):
            if rival.preferred:
                return command_of(_app(ctx), cmd_name)
            _show_warning(f"{rival.note}; this is the one of nlptasks")
        return super().get_command(ctx, cmd_name)


#: Flags that change which plugins there are, and where they stand on the context.
_CHANGING = {"config": "config_file", "plugins-dir": "plugins_dir", "no-plugins": "no_plugins"}
_FLAGS = "nlptasks.flags"


@click.group(cls=_Program, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="nlptasks %(version)s")
@click.option("--config", "config_file", metavar="FILE", help="Read this configuration file.")
@click.option("--no-plugins", is_flag=True, help="Load no installed plugin.")
@click.option("--plugins-dir", metavar="DIR", help="Also load the .py files of DIR as plugins.")
@click.option("--strict", is_flag=True, help="Make a plugin that fails to load an error.")
@click.option("--traceback", is_flag=True, help="Show where in the code an error arose.")
@click.pass_context
def cli(
    ctx: click.Context,
    /,
    **_flags: object,  # read by _app and run_command
) -> None:
    """Labels, answers, translations and summaries for the text in your files."""
    if not ctx.resilient_parsing and ctx.invoked_subcommand is not None:
        _app(ctx)


def _app(ctx: click.Context) -> App:
    """The application that the program's flags ask for, made once."""
    if ctx.obj is None:
        from pathlib import Path  # --help and --version need none

        given = ctx.params
        ctx.obj = App(
            config_file=None if given["config_file"] is None else Path(given["config_file"]),
            no_plugins=given["no_plugins"],
            plugins_dir=None if given["plugins_dir"] is None else Path(given["plugins_dir"]),
            strict=given["strict"],
        )
    made: App = ctx.obj
    return made


def main() -> NoReturn:
    """Run the command line and exit."""
    if ASKED in os.environ:
        from nlptasks._cli.commands.completion import complete

        sys.exit(complete())
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    stop_on_signals()
    keep_for_data()
    ending = Ending()
    try:
        code = run_command(sys.argv[1:])
    except BrokenPipeError:
        code = _BROKEN_PIPE
    except Terminated as stop:
        code = int(str(stop.code))
    code = _flush() or code
    ending.is_near(code)
    _leave_threads_behind(code, ending)
    sys.exit(code)


def _leave_threads_behind(code: int, ending: Ending) -> None:
    """End the process where a plugin's thread does not end: Python would wait for it for ever."""
    deadline = time.monotonic() + _PATIENCE
    main_thread = threading.main_thread()
    waiting = [thread for thread in threading.enumerate() if thread is not main_thread and not thread.daemon]
    for thread in waiting:
        thread.join(max(0.0, deadline - time.monotonic()))
    if left := [thread.name for thread in waiting if thread.is_alive()]:
        _show_warning(f"a thread of a plugin goes on and is not waited for: {', '.join(left)}")
        atexit._run_exitfuncs()
        ending.now(code)


def _flush() -> int:
    """Write out what is left and return an exit code where that fails; at exit, Python would print a traceback."""
    try:
        if sys.stdout is not None:  # it is None where the process was started without one
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return _BROKEN_PIPE
        _show(f"cannot write the output: {error.strerror}", "")
        return 1
    return 0


def run_command(args: Sequence[str]) -> int:
    """Run one command line and return its exit code; failures are explained on standard error.

    Raises:
        BrokenPipeError: Whoever reads the output went away.
    """
    traceback = False
    try:
        context = cli.make_context("nlptasks", list(args))
        traceback = context.params["traceback"]
        with context, _warnings_as_lines():
            cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except click.ClickException as error:
        return _show_click_error(error)
    except NlptasksError as error:
        _show(error.message, error.hint, traceback=traceback)
        return error.exit_code
    except Terminated:
        raise
    except SystemExit as error:  # nothing of ours ends a command so; what does must not look as if all were done
        code = error.code if isinstance(error.code, int) and error.code else 1
        _show(f"something ended the command by sys.exit({error.code!r}) before it was done", "", traceback=traceback)
        return code
    except BaseException as error:
        hint = "" if traceback else "run again with 'nlptasks --traceback ...' to see where"
        _show(one_line(f"{type(error).__name__}: {error}"), hint, traceback=traceback)
        return 1
    return 0


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Show Python's warnings as the command's own: where in the code one arose is nothing to a user."""
    before = warnings.showwarning
    warnings.showwarning = lambda message, *_where: _show_warning(message)
    try:
        yield
    finally:
        warnings.showwarning = before
        put_streams_back()  # what follows says how the command ended


def _show_warning(message: Warning | str) -> None:
    click.echo(f"warning: {one_line(' '.join(str(message).split()), _LONGEST)}", err=True)


def _show(message: str, hint: str, *, traceback: bool = False) -> None:
    if traceback:
        from traceback import print_exc

        print_exc()
    # Messages quote names of files and columns, which may hold anything.
    for at, line in enumerate(message.split("\n")):
        before = "error: " if not at else "" if line.startswith("  ") else "  "
        click.echo(f"{before}{one_line(line, _LONGEST)}", err=True)
    for line in hint.split("\n") if hint else ():
        click.echo(f"  {one_line(line, _LONGEST)}", err=True)


def _show_click_error(error: click.ClickException) -> int:
    """Show a wrong flag or argument like every other error; a bare group shows its help."""
    context = getattr(error, "ctx", None)
    if context is None or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    hint = f"'{context.command_path} --help' shows what it takes"
    name = getattr(error, "option_name", "")
    if isinstance(error, click.NoSuchOption) and any(name in option.opts for option in cli.params):
        hint = f"{name} stands before the command: nlptasks {name} ..."
    _show(error.format_message(), hint)
    return error.exit_code
