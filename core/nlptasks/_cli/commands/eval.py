"""``nlptasks eval TASK --data FILE``, ``nlptasks eval [TASK] --benchmark NAME`` and ``--suite FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import COLUMN, FORMAT, TaskGroup, engine_of, source_of, system_of
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._settings.groups import (
    BenchmarkChoice,
    DataFiles,
    EngineChoice,
    Evaluation,
    RecordTarget,
    Summary,
    SystemChoice,
    TableSource,
)
from nlptasks.errors import UsageError
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._running.eval import Evaluated
    from nlptasks._running.jobs import Job
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
        return self.command_of(ctx, _ALL, [], [], self.shared(), "Evaluate on all tasks of a benchmark.")


def run_evaluations(app: App, tasks: list[str], chosen: Chosen) -> None:
    """Run the evaluations that a command asks for, and print what they came to."""
    from nlptasks._cli.views.evaluated import evaluated, seeds_apart
    from nlptasks._running.eval import evaluate
    from nlptasks._systems.session import Session

    plugins = app.plugins()
    session = Session(plugins.registry, plugins=plugins.source)
    quiet = chosen.of(Summary).quiet
    done: list[tuple[Job, Evaluated]] = []
    for job in _jobs(session, session.tasks(tasks), chosen):
        observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
        outcome = evaluate(
            session,
            job.system,
            job.request,
            observers,
            engine=engine_of(chosen),
            told=lambda line: click.echo(one_line(line), err=True),
        )
        done.append((job, outcome))
        if not quiet:
            click.echo(evaluated(outcome), err=True)
    if not quiet:
        for line in seeds_apart([(job.group, outcome.record) for job, outcome in done]):
            click.echo(line, err=True)
    if click.get_current_context().params["as_json"]:
        from nlptasks.records.store import record_json

        for _, outcome in done:
            click.echo(record_json(outcome.record), nl=False)


def _jobs(session: Session, tasks: tuple[TaskSpec, ...], chosen: Chosen) -> list[Job]:
    from nlptasks._running.jobs import file_jobs, suite_jobs
    from nlptasks.plugin import TaskSpec
    from nlptasks.records.suites import open_suite, read_suite

    source, choice, evaluation = source_of(chosen), chosen.of(BenchmarkChoice), chosen.of(Evaluation)
    if [bool(source.data), bool(choice.benchmark), bool(choice.suite)].count(True) != 1:
        raise UsageError(
            "what to evaluate on is named by one of --data FILE, --benchmark NAME and --suite FILE",
            hint="for example: nlptasks eval sentiment --data reviews.csv",
        )
    known = tasks or tuple(item.spec for item in session.registry.all(TaskSpec))
    system = system_of(chosen, known)
    target = chosen.of(RecordTarget)
    if source.data:
        if not tasks:
            raise UsageError("a file needs a task", hint=f"nlptasks eval TASK --data {source.data}")
        if choice.datasets or choice.data_dir:
            raise UsageError("--dataset and --data-dir go with a benchmark", hint="leave them out")
        return file_jobs(session, tasks[0], source, system, target, evaluation)
    of_files = [*chosen.typed(DataFiles), *chosen.typed(TableSource)]
    of_files += (flag for flag in chosen.typed(Evaluation) if flag in _OF_FILES)
    if unused := [*of_files, *chosen.typed(COLUMN), *chosen.typed(FORMAT)]:
        raise UsageError(f"{unused[0]} goes with --data; a benchmark says such things itself", hint="leave it out")
    suite = open_suite(session.registry, choice.benchmark) if choice.benchmark else read_suite(Path(choice.suite))
    return suite_jobs(session, suite, choice, system, target, evaluation, tasks=tasks)


#: Settings of an evaluation that say what the rows are; a benchmark says that itself.
_OF_FILES = ("--cluster", "--language")

evaluate = EvalGroup(
    "eval",
    body=run_evaluations,
    params_of_body=[
        *flags_of(DataFiles),
        *flags_of(TableSource, without=("data",)),
        *flags_of(BenchmarkChoice),
        *flags_of(RecordTarget),
        *flags_of(Evaluation),
        *flags_of(SystemChoice),
        *flags_of(EngineChoice),
        json_flag("Print the records."),
        *flags_of(Summary),
    ],
    many=False,
    help="Evaluate on a file or a benchmark, and keep a record. A run that was killed goes on where it stopped.",
    epilog="All tasks of a benchmark: nlptasks eval --benchmark smoke",
    no_args_is_help=True,
)
