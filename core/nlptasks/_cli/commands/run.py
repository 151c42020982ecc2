"""``nlptasks run TASK --data FILE``."""

from __future__ import annotations

import shlex
import sys

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup, source_of, system_of
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._settings.groups import Evaluation, Summary, SystemChoice, TableSource, TableTarget
from nlptasks.errors import RejectedRowsError, UsageError
from nlptasks.text.display import counted, one_line


def run_tasks(app: App, tasks: list[str], chosen: Chosen) -> None:
    """Run the tasks and print the summary on standard error."""
    from nlptasks._cli.views.summary import summary
    from nlptasks._running.run import run
    from nlptasks._systems.session import Session

    source, target = source_of(chosen), chosen.of(TableTarget)
    if not source.data:
        path = f"nlptasks run {','.join(tasks)}"
        raise UsageError("the flag '--data' is missing", hint=f"{path} --data FILE; see '{path} --help'")
    plugins = app.plugins()
    session = Session(plugins.registry)
    specs = session.tasks(tasks)
    system = session.choose(specs, system_of(chosen, specs))
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    report = run(
        session,
        system,
        source,
        target,
        observers,
        language=chosen.of(Evaluation).language,
        told=lambda line: click.echo(one_line(line), err=True),
        command=shlex.join(["nlptasks", *sys.argv[1:]]),
    )
    if not chosen.of(Summary).quiet:
        click.echo(summary(report), err=True)
    if report.rejected:
        hint = f"{report.rejects} tells which, and why" if report.rejects else "the lines above tell which, and why"
        raise RejectedRowsError(
            f"{counted(report.rejected, 'row')} could not be read or predicted, and {report.output} is without them",
            hint=hint,
        )


run = TaskGroup(
    "run",
    body=run_tasks,
    params_of_body=[
        *flags_of(TableSource, without=("id",)),
        *flags_of(TableTarget),
        *flags_of(Evaluation, only=("language",)),
        *flags_of(SystemChoice),
        *flags_of(Summary),
    ],
    many=True,
    help="Predict for the rows of a file.",
    epilog="Several tasks at once: nlptasks run sentiment,classification --data FILE",
    no_args_is_help=True,
)
