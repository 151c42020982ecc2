"""``nlptasks eval TASK --data FILE``, ``nlptasks eval [TASK] --benchmark NAME`` and ``--suite FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import TaskGroup
from nlptasks._cli.flags import (
    data_dir_flag,
    device_params,
    flag,
    format_options,
    format_params,
    gold_flag,
    head_flag,
    id_flag,
    label_map_flag,
    language_flag,
    listed,
    metric_flag,
    withhold_flag,
)
from nlptasks.errors import UsageError

if TYPE_CHECKING:
    from nlptasks._running.eval import Evaluation
    from nlptasks._running.jobs import Asked, Job
    from nlptasks._systems.session import Session
    from nlptasks.plugin import TaskSpec

#: Stands for the task where the command names none: a benchmark's data sets say theirs.
_ALL = "all"


class EvalGroup(TaskGroup):
    """The tasks; the task may be left out before a benchmark."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            args = [_ALL, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name != _ALL:
            return super().get_command(ctx, cmd_name)

        def call(**values: Any) -> None:
            run_evaluations(ctx.find_object(App), [], **values, columns={}, options={})

        return click.Command(_ALL, params=list(_PARAMS), callback=call, help="Evaluate on all tasks of a benchmark.")


def run_evaluations(app: App | None, tasks: list[str], **values: Any) -> None:
    """Run the evaluations that a command asks for, and print what they came to."""
    from nlptasks._cli.views.evaluated import evaluated, seeds_apart
    from nlptasks._running.eval import evaluate
    from nlptasks._systems.pool import BackbonePool
    from nlptasks._systems.session import Session

    assert app is not None
    plugins = app.plugins()
    session = Session(plugins.registry, BackbonePool())
    quiet, as_json = values.pop("quiet"), values.pop("as_json_")
    jobs = _jobs(session, session.tasks(tasks), values)
    done: list[tuple[Job, Evaluation]] = []
    for job in jobs:
        observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
        outcome = evaluate(session, job.plan, job.request, observers)
        done.append((job, outcome))
        if not quiet:
            click.echo(evaluated(outcome), err=True)
    if not quiet:
        for line in seeds_apart([(job.group, outcome.record) for job, outcome in done]):
            click.echo(line, err=True)
    if as_json:
        from nlptasks.records.store import record_json

        for _, outcome in done:
            click.echo(record_json(outcome.record), nl=False)


def _jobs(session: Session, tasks: tuple[TaskSpec, ...], values: dict[str, Any]) -> list[Job]:
    from nlptasks._running.jobs import FileAsked, file_jobs, suite_jobs
    from nlptasks._tables.gold import parse_label_map
    from nlptasks.records.suites import open_suite, read_suite

    given = [name for name in ("data", "benchmark", "suite") if values[name]]
    if len(given) != 1:
        raise UsageError(
            "what to evaluate on is named by one of --data FILE, --benchmark NAME and --suite FILE",
            hint="for example: nlptasks eval sentiment --data reviews.csv",
        )
    reading = format_options(values)
    data, file = values.pop("data"), {name: values.pop(name) for name in _OF_FILES}
    named, path = values.pop("benchmark"), values.pop("suite")
    datasets, data_dir = values.pop("dataset"), values.pop("data_dir")
    asked = _asked(session, tasks, values)
    if data:
        if not tasks:
            raise UsageError("a file needs a task", hint=f"nlptasks eval TASK --data {data}")
        if datasets or data_dir:
            raise UsageError("--dataset and --data-dir go with a benchmark", hint="leave them out")
        file["label_map"] = parse_label_map(file["label_map"])
        return file_jobs(session, tasks[0], asked, FileAsked(data=data, reading=reading, **file))
    if unused := [name for name, value in file.items() if value]:
        raise UsageError(
            f"--{unused[0].replace('_', '-')} goes with --data; a benchmark says such things itself",
            hint="leave it out",
        )
    suite = open_suite(session.registry, named) if named else read_suite(Path(path))
    said = ("--benchmark", named) if named else ("--suite", Path(path).name)
    return suite_jobs(session, suite, asked, said=said, tasks=tasks, datasets=datasets, data_dir=data_dir)


def _asked(session: Session, tasks: tuple[TaskSpec, ...], values: dict[str, Any]) -> Asked:
    from nlptasks._running.jobs import Asked
    from nlptasks._systems.session import heads_by_task
    from nlptasks.plugin import TaskSpec

    known = tasks or tuple(item.spec for item in session.registry.all(TaskSpec))
    return Asked(
        heads=heads_by_task(known, values.pop("head")),
        slices=listed(values.pop("slice_")),
        metrics=tuple(values.pop("metric")),
        seeds=_seeds(values.pop("seeds")),
        **values,
    )


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(int(part) for part in listed(text))
    except ValueError:
        raise UsageError(f"--seeds: {text!r} is no list of whole numbers", hint="for example --seeds 1,2,3") from None
    if len(set(seeds)) < len(seeds):
        raise UsageError(f"--seeds: a seed stands twice in {text!r}", hint="each makes a record of its own")
    return seeds


#: Flags that say how a file is read; a benchmark says that itself.
_OF_FILES = ("columns", "gold", "label_map", "id", "cluster", "language", "data_format", "skip_bad_rows")

_PARAMS: list[click.Parameter] = [
    flag("--data", default="", metavar="FILE", shown="A file with a gold column."),
    flag("--benchmark", default="", metavar="NAME", shown="A benchmark of 'nlptasks benchmark list'."),
    flag("--suite", default="", metavar="FILE", shown="A benchmark of your own: a YAML file."),
    flag("--dataset", multiple=True, metavar="NAME", shown="Only this data set of the benchmark."),
    data_dir_flag(),
    flag("--output", "-o", default="", metavar="DIR", shown="Folder of the record.  [default: below results/]"),
    flag("--force", "-f", is_flag=True, shown="Replace another record that lies there."),
    flag("--restart", is_flag=True, shown="Begin anew where another evaluation was not finished."),
    withhold_flag(),
    flag("--name", default="", metavar="TEXT", shown="What boards call the system.  [default: backbone and head]"),
    flag(
        "--limit",
        default=0,
        type=click.IntRange(min=0),
        metavar="N",
        shown="Only the first N rows; such a record is on no leaderboard.",
    ),
    flag("--seeds", default="", metavar="N,N,...", shown="A record for each seed; the head must draw."),
    flag(
        "--slice",
        "slice_",
        default="",
        metavar="NAME,...",
        shown="Score parts apart: length, label, meta.COLUMN.",
    ),
    metric_flag(),
    gold_flag(),
    label_map_flag(),
    id_flag(),
    flag(
        "--cluster",
        default="",
        metavar="COLUMN",
        shown="Column that ties rows together, such as the article of a question; intervals respect it.",
    ),
    language_flag(),
    head_flag(),
    *device_params(),
    *format_params(),
    flag("--json", "as_json_", is_flag=True, shown="Print the records."),
    flag("--quiet", "-q", is_flag=True, shown="No summary."),
]

evaluate = EvalGroup(
    "eval",
    body=run_evaluations,
    params_of_body=_PARAMS,
    many=False,
    help="Evaluate on a file or a benchmark, and keep a record. A run that was killed goes on where it stopped.",
    epilog="All tasks of a benchmark: nlptasks eval --benchmark smoke",
    no_args_is_help=True,
)
