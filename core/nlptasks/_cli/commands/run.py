"""``nlptasks run TASK --data FILE``."""

from __future__ import annotations

from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup
from nlptasks._cli.flags import device_params, flag, format_params, gold_flag, head_flag, system_choice, table_source


def run_tasks(app: App, tasks: list[str], **values: Any) -> None:
    """Run the tasks and print the summary on standard error."""
    from nlptasks._cli.views.summary import summary
    from nlptasks._running.run import run
    from nlptasks._settings.groups import TableTarget
    from nlptasks._systems.session import Session

    plugins = app.plugins()
    session = Session(plugins.registry)
    specs = session.tasks(tasks)
    system = session.choose(specs, system_choice(specs, values))
    target = TableTarget(**{name: values[name] for name in ("output", "output_format", "force")})
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    report = run(session, system, table_source(values), target, observers)
    if not values["quiet"]:
        click.echo(summary(report), err=True)


_PARAMS: list[click.Parameter] = [
    flag("--data", required=True, metavar="FILE", shown="The rows; - is standard input."),
    flag("--output", "-o", default="", metavar="FILE", shown="Where to write; - is standard output, as JSON Lines."),
    flag("--force", "-f", is_flag=True, shown="Overwrite the output where it exists."),
    gold_flag(),
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
