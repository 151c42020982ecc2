"""``nlptasks run TASK --data FILE``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup, engine_of, rows_of, source_of, system_of
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._settings.groups import (
    DataFiles,
    EngineChoice,
    Evaluation,
    PredictionCache,
    RowChoice,
    Summary,
    SystemChoice,
    TableSource,
    TableTarget,
    Watching,
)
from nlptasks.errors import RejectedRowsError, UsageError
from nlptasks.text.display import counted, one_line

if TYPE_CHECKING:
    from nlptasks._systems.session import Session
    from nlptasks._systems.system import System
    from nlptasks.plugin import TaskSpec


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
    session = Session(plugins.registry, plugins=plugins.source)
    specs = session.tasks(tasks)
    rows = rows_of(chosen)
    system = _system(session, specs, system_of(chosen, specs), rows)
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    watching = chosen.of(Watching)
    if watching.dry_run:
        from nlptasks._cli.views.planned import planned
        from nlptasks._running.trial.plan import plan

        click.echo(planned(plan(session, system, source, target, rows=rows)))
        return
    report = run(
        session,
        system,
        source,
        target,
        observers,
        language=chosen.of(Evaluation).language,
        told=lambda line: click.echo(one_line(line), err=True),
        command=shlex.join(["nlptasks", *sys.argv[1:]]),
        rows=rows,
        verbose=watching.verbose,
        engine=engine_of(chosen),
        cache=chosen.of(PredictionCache),
    )
    if not chosen.of(Summary).quiet:
        click.echo(summary(report), err=True)
    if report.rejected:
        lost = f"{counted(report.rejected, 'row')} could not be read or predicted, and {report.output} is without them"
        where = f"{report.rejects or 'the lines above'} tell{'s' if report.rejects else ''} which, and why"
        if not source.skip_bad_rows:
            raise RejectedRowsError(lost, hint=where)
        click.echo(f"warning: {lost}; {where}", err=True)


def _system(session: Session, specs: Sequence[TaskSpec], choice: SystemChoice, rows: RowChoice) -> System:
    """The system, where ``--seed`` may be a head's, the sample's, or that of both."""
    try:
        return session.choose(specs, choice)
    except UsageError:
        if not rows.sample or "seed" not in choice.options:
            raise
    options = {name: value for name, value in choice.options.items() if name != "seed"}
    return session.choose(specs, replace(choice, options=options))


run = TaskGroup(
    "run",
    body=run_tasks,
    params_of_body=[
        *flags_of(DataFiles),
        *flags_of(TableSource, without=("data", "id")),
        *flags_of(RowChoice),
        *flags_of(TableTarget),
        *flags_of(Evaluation, only=("language",)),
        *flags_of(SystemChoice),
        *flags_of(EngineChoice),
        *flags_of(PredictionCache),
        *flags_of(Watching),
        *flags_of(Summary),
    ],
    many=True,
    help="Predict for the rows of a file.",
    epilog="Several tasks at once: nlptasks run sentiment,classification --data FILE",
    no_args_is_help=True,
)
