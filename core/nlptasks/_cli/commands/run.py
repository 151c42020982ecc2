"""``nlptasks run TASK --data FILE``."""

from __future__ import annotations

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import OPTION, TaskGroup, heads_given, source_of
from nlptasks._cli.flags import Chosen, flags_of
from nlptasks._settings.groups import Summary, SystemChoice, TableSource, TableTarget
from nlptasks.errors import UsageError


def run_tasks(app: App, tasks: list[str], chosen: Chosen) -> None:
    """Run the tasks and print the summary on standard error."""
    from nlptasks._cli.views.summary import summary
    from nlptasks._running.run import RunRequest, run
    from nlptasks._systems.pool import BackbonePool
    from nlptasks._systems.session import Session, heads_by_task

    source, target, system = source_of(chosen), chosen.of(TableTarget), chosen.of(SystemChoice)
    if not source.data:
        path = f"nlptasks run {','.join(tasks)}"
        raise UsageError("the flag '--data' is missing", hint=f"{path} --data FILE; see '{path} --help'")
    plugins = app.plugins()
    session = Session(plugins.registry, BackbonePool())
    specs = session.tasks(tasks)
    heads = heads_by_task(specs, heads_given(chosen))
    plan = session.plan(specs, heads=heads, backbone=system.backbone, options=chosen.values(OPTION))
    request = RunRequest.of(source, target, system)
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    report = run(session, plan, request, observers)
    if not chosen.of(Summary).quiet:
        click.echo(summary(report), err=True)


run = TaskGroup(
    "run",
    body=run_tasks,
    params_of_body=[
        *flags_of(TableSource, without=("id",)),
        *flags_of(TableTarget),
        *flags_of(SystemChoice),
        *flags_of(Summary),
    ],
    many=True,
    help="Predict for the rows of a file.",
    epilog="Several tasks at once: nlptasks run sentiment,classification --data FILE",
    no_args_is_help=True,
)
