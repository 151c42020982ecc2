"""``nlptasks run TASK --data FILE``."""

from __future__ import annotations

from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup
from nlptasks._cli.flags import (
    device_params,
    flag,
    format_options,
    format_params,
    gold_flag,
    head_flag,
    label_map_flag,
    language_flag,
)


def run_tasks(app: App, tasks: list[str], **values: Any) -> None:
    """Run the tasks and print the summary on standard error."""
    from nlptasks._cli.views.summary import summary
    from nlptasks._running.run import RunRequest, run
    from nlptasks._systems.pool import BackbonePool
    from nlptasks._systems.session import Session, heads_by_task
    from nlptasks._tables.gold import parse_label_map

    plugins = app.plugins()
    session = Session(plugins.registry, BackbonePool())
    specs = session.tasks(tasks)
    heads = heads_by_task(specs, values.pop("head"))
    plan = session.plan(specs, heads=heads, backbone=values.pop("backbone"), options=values.pop("options"))
    reading = format_options(values)
    quiet = values.pop("quiet")
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    label_map = parse_label_map(values.pop("label_map"))
    report = run(session, plan, RunRequest(reading=reading, label_map=label_map, **values), observers)
    if not quiet:
        click.echo(summary(report), err=True)


_PARAMS: list[click.Parameter] = [
    flag("--data", required=True, metavar="FILE", shown="The rows; - is standard input."),
    flag("--output", "-o", default="", metavar="FILE", shown="Where to write; - is standard output, as JSON Lines."),
    flag("--force", "-f", is_flag=True, shown="Overwrite the output where it exists."),
    gold_flag(),
    label_map_flag(),
    language_flag(),
    head_flag(),
    *device_params(),
    *format_params(),
    flag("--output-format", default="", metavar="NAME", shown="Format of the output.  [default: by its suffix]"),
    flag("--quiet", "-q", is_flag=True, shown="No summary at the end."),
]

run = TaskGroup(
    "run",
    body=run_tasks,
    params_of_body=_PARAMS,
    many=True,
    help="Answer the rows of a file.",
    epilog="Several tasks at once: nlptasks run sentiment,classification --data FILE",
    no_args_is_help=True,
)
