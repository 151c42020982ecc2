"""``nlptasks rescore RECORD ...`` and ``nlptasks rescore PREDICTIONS --task TASK``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import FORMAT, check_flags, format_flags, registry_of, source_of
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._settings.groups import BenchmarkChoice, Evaluation, RecordTarget, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks.errors import UsageError
from nlptasks.files.names import is_folder
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Registry

#: What a record takes of the flags; the others say how a file of predictions is read, and a record says that itself.
_OF_RECORDS = ("--metric", "--output", "--force")

#: What a benchmark says of the data itself.
_OF_CARDS = ("--task", "--data", "--gold", "--id", "--language", "--format")

_GROUPS = (PredictionSource, TableSource, BenchmarkChoice, Evaluation, RecordTarget)


def _rescore(app: App, chosen: Chosen, sources: tuple[str, ...], as_json: bool) -> None:
    """Score a record, or anybody's predictions, anew.

    For a record, prints what it has beside what its samples give with the metrics that are installed, and exits with 1
    where a value with the same signature differs. Otherwise SOURCE is a table of predictions (CSV, JSON Lines, Parquet)
    and --task says what they are predictions of.
    """
    typed = [flag for group in (*_GROUPS, FORMAT) for flag in chosen.typed(group)]
    registry = app.plugins().registry
    if _is_record(sources[0]):
        if wrong := [flag for flag in typed if flag not in _OF_RECORDS]:
            raise UsageError(
                f"{wrong[0]} goes with a file of predictions; {sources[0]} is a record", hint="leave it out"
            )
        _records(registry, sources, chosen, as_json=as_json)
        return
    if len(sources) > 1:
        raise UsageError("one file of predictions at a time", hint=f"nlptasks rescore {sources[0]} --task TASK")
    choice = chosen.of(BenchmarkChoice)
    of_benchmark = bool(choice.benchmark or choice.suite)
    if not (chosen.of(PredictionSource).task or of_benchmark):
        from nlptasks.plugin import TaskSpec

        known = ", ".join(item.spec.name for item in registry.all(TaskSpec))
        raise UsageError(
            f"{sources[0]} is no record; as a file of predictions it needs a task",
            hint=f"nlptasks rescore {sources[0]} --task TASK; tasks: {known}",
        )
    if choice.benchmark and choice.suite:
        raise UsageError("--benchmark and --suite both say what the data are", hint="leave one of them out")
    if of_benchmark and (wrong := [flag for flag in typed if flag in _OF_CARDS]):
        raise UsageError(f"{wrong[0]} does not go with a benchmark, which says such things itself", hint="leave it out")
    if not of_benchmark and (wrong := chosen.typed(BenchmarkChoice)):
        raise UsageError(f"{wrong[0]} goes with a benchmark", hint="name one with --benchmark, or leave it out")
    _file(registry, sources[0], chosen, as_json=as_json)


def _is_record(source: str) -> bool:
    path = Path(source)
    return is_folder(path) or path.name == "record.json"


def _records(registry: Registry, sources: tuple[str, ...], chosen: Chosen, *, as_json: bool) -> None:
    from nlptasks._cli.views.rescored import change_as_json, changed
    from nlptasks._cli.views.tables import echo_json
    from nlptasks._scoring import of_records

    metrics, target = chosen.of(Evaluation).metrics, chosen.of(RecordTarget)
    if target.output and len(sources) > 1:
        raise UsageError("--output takes one record", hint=f"nlptasks rescore {sources[0]} --output DIR")
    found, differ = [], False
    for source in sources:
        done = of_records.rescore(registry, source, metrics=metrics, output=target.output or None, force=target.force)
        differ = differ or done.differs
        found.append({"record": source, "metrics": [change_as_json(change) for change in done.changes]})
        if not as_json:
            old = done.old
            click.echo(f"{one_line(source)}: {one_line(old.record.model.name)}, {len(old.samples):,} samples")
            click.echo(changed(done.changes))
        if done.written:
            click.echo(f"-> {one_line(target.output)}", err=True)
    if as_json:
        echo_json(found)
    if differ:
        click.get_current_context().exit(1)


def _file(registry: Registry, source: str, chosen: Chosen, *, as_json: bool) -> None:
    from nlptasks._cli.views.rescored import scored
    from nlptasks._scoring.from_file.rescore_request import PredictionsRequest, rescore_predictions
    from nlptasks.records.store import record_json, write_record

    outcome = rescore_predictions(
        registry,
        PredictionsRequest(
            predictions=chosen.of(PredictionSource),
            file=source,
            source=source_of(chosen),
            benchmark=chosen.of(BenchmarkChoice),
            evaluation=chosen.of(Evaluation),
            target=chosen.of(RecordTarget),
        ),
    )
    record, target = outcome.record, chosen.of(RecordTarget)
    if target.output:
        record = write_record(Path(target.output), record, outcome.samples, outcome.scored.stats, force=target.force)
    for line in scored(outcome, target.output):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(record_json(record), nl=False)


def _format_flags(ctx: click.Context) -> list[click.Parameter]:
    registry = registry_of(ctx)
    flags = format_flags(registry)
    check_flags([*ctx.command.params, *flags], registry, (), ctx.command_path)
    return [*flags]


rescore = command(
    "rescore",
    _rescore,
    [
        click.Argument(["sources"], nargs=-1, required=True, metavar="SOURCE..."),
        *flags_of(PredictionSource),
        *flags_of(TableSource),
        *flags_of(BenchmarkChoice),
        *flags_of(Evaluation, only=("metrics", "language")),
        *flags_of(RecordTarget, without=("restart",)),
        json_flag("Print the comparison, or the new record, as JSON."),
    ],
    more=_format_flags,
)
