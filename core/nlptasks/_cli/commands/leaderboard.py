"""``nlptasks leaderboard build|check|diff``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._cli.once import OnceCommand
from nlptasks._settings.groups import BeliefChoice, BenchmarkChoice, PinnedChoice
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder
from nlptasks.text.display import counted

if TYPE_CHECKING:
    from nlptasks._board.trust import Believed

_FOLDER = click.Path(path_type=Path)


def _believing(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags that say whose word counts, and its body what they say as ``believed``."""
    flags = [*flags_of(BeliefChoice), *flags_of(PinnedChoice), *flags_of(BenchmarkChoice, only=("data_dir",))]

    @wraps(function)
    def call(**values: Any) -> None:
        given = {str(flag.name): values.pop(str(flag.name)) for flag in flags}
        app = click.get_current_context().find_object(App)
        assert app is not None  # the group above leaves one
        function(**values, believed=_believed(app, Chosen(flags, given)))

    # click collects what decorators nearer to the function declared in this attribute, the last one first.
    call.__click_params__ = [*getattr(function, "__click_params__", []), *reversed(flags)]  # type: ignore[attr-defined]
    return call


def _believed(app: App, chosen: Chosen) -> Believed:
    from nlptasks._board.trust import Believed
    from nlptasks._scoring.pinned import pinned_data

    belief = chosen.of(BeliefChoice)
    attestations, signers = (Path(name) if name else None for name in (belief.attestations, belief.allowed_signers))
    if attestations is not None and not is_folder(attestations):
        raise UsageError(f"{attestations}: no such folder", hint="'nlptasks verify --rerun K --attest DIR' makes it")
    benchmarks, data_dir = chosen.of(PinnedChoice).benchmark, chosen.of(BenchmarkChoice).data_dir
    pinned = pinned_data(app.plugins().registry, benchmarks, data_dir)
    return Believed(attestations=attestations, signers=signers, pinned=pinned)


@click.group()
def leaderboard() -> None:
    """Leaderboards: what a folder of records says together."""


@leaderboard.command(cls=OnceCommand)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option(
    "--output", "-o", default="", metavar="FILE", help="A .html, .md, .csv or .json file.  [default: a table]"
)
@click.option("--force", "-f", is_flag=True, help="Overwrite the output where it exists.")
@click.option(
    "--min-trust",
    default="V1",
    show_default=True,
    type=click.Choice(["V0", "V1", "V2", "V3"]),
    help="The least trust that is ranked.",
)
@click.option("--task", default="", metavar="NAME", help="Only the records of this task.")
@click.option("--title", default="Leaderboard", show_default=True, metavar="TEXT", help="Title of the board.")
@click.option("--strict-records", is_flag=True, help="Make a damaged record an error; else it is listed on the board.")
@_believing
@pass_app
def build(
    app: App,
    folder: Path,
    output: str,
    force: bool,
    min_trust: str,
    task: str,
    title: str,
    strict_records: bool,
    believed: Believed,
) -> None:
    """Build the leaderboard of the records below DIR. The same records give the same bytes."""
    from typing import cast

    from nlptasks._board.board import build as build_board
    from nlptasks._board.plain import summary
    from nlptasks._board.writing import check_output, render
    from nlptasks.files.paths import atomic_output
    from nlptasks.records.schema import Trust
    from nlptasks.text.display import one_line

    kind = check_output(output, force=force)
    board = build_board(
        app.plugins().registry,
        folder,
        min_trust=cast(Trust, min_trust),
        task=task,
        title=title,
        strict=strict_records,
        believed=believed,
    )
    text = render(board, kind)
    if not output:
        click.echo(text)
        return
    with atomic_output(Path(output), force=force) as stream:
        stream.write(text.encode("utf-8", "replace"))
    click.echo(f"{summary(board)} -> {one_line(output)}", err=True)


@leaderboard.command(cls=OnceCommand)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--train", multiple=True, metavar="FILE", help="Training data that the test data must not overlap with.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_believing
@pass_app
def check(
    app: App,
    folder: Path,
    train: tuple[str, ...],
    as_json: bool,
    believed: Believed,
) -> None:
    """Look for what makes the records below DIR worthless; the exit code is 1 where something does.

    Every number is scored anew from the samples, as 'nlptasks verify' does; with --benchmark, inputs and gold are
    compared with the benchmark's own data.
    """
    from dataclasses import asdict

    from nlptasks._board.checks import ERROR, check_folder
    from nlptasks._cli.views.tables import echo_json, table

    findings = check_folder(app.plugins().registry, folder, train=train, believed=believed)
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    elif findings:
        rows = [(item.severity, item.check, item.record, item.reason) for item in findings]
        click.echo(table(("SEVERITY", "CHECK", "RECORD", "REASON"), rows))
    errors = sum(finding.severity == ERROR for finding in findings)
    warnings = len(findings) - errors
    click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    if errors:
        raise click.exceptions.Exit(1)


@leaderboard.command(cls=OnceCommand)
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_app
def diff(app: App, old: Path, new: Path, as_json: bool) -> None:
    """Show what changed from OLD to NEW: folders of records, or boards as .json files."""
    from dataclasses import asdict

    from nlptasks._board.changes import changes, read_board
    from nlptasks._cli.views.tables import echo_json, table

    registry = app.plugins().registry
    found = changes(read_board(registry, old), read_board(registry, new))
    if as_json:
        echo_json([asdict(change) for change in found])
    elif found:
        rows = [(item.task, item.dataset, item.system, item.what, item.old, item.new) for item in found]
        click.echo(table(("TASK", "DATASET", "SYSTEM", "WHAT", "OLD", "NEW"), rows))
    else:
        click.echo("no difference", err=True)
