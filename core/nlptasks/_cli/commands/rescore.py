"""``nlptasks rescore RECORD ...`` and ``nlptasks rescore PREDICTIONS --task TASK``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._settings.groups import BenchmarkChoice, Evaluation, RecordTarget, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks.errors import UsageError
from nlptasks.files.paths import split_suffix
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Registry
    from nlptasks._scoring.prediction_file import FileRequest

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
    typed = [flag for group in _GROUPS for flag in chosen.typed(group)]
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
    if not (chosen.of(PredictionSource).task or choice.benchmark or choice.suite):
        from nlptasks.plugin import TaskSpec

        known = ", ".join(item.spec.name for item in registry.all(TaskSpec))
        raise UsageError(
            f"{sources[0]} is no record; as a file of predictions it needs a task",
            hint=f"nlptasks rescore {sources[0]} --task TASK; tasks: {known}",
        )
    if (choice.benchmark or choice.suite) and (wrong := [flag for flag in typed if flag in _OF_CARDS]):
        raise UsageError(f"{wrong[0]} does not go with a benchmark, which says such things itself", hint="leave it out")
    _file(registry, sources[0], chosen, as_json=as_json)


def _is_record(source: str) -> bool:
    path = Path(source)
    return path.is_dir() or path.name == "record.json"


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
    from nlptasks._scoring.rescore_file import score_file
    from nlptasks.records.store import record_json, write_record

    outcome = score_file(registry, _request(registry, source, chosen))
    record, target = outcome.record, chosen.of(RecordTarget)
    if target.output:
        record = write_record(Path(target.output), record, outcome.samples, outcome.scored.stats, force=target.force)
    for line in scored(outcome, target.output):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(record_json(record), nl=False)


def _request(registry: Registry, source: str, chosen: Chosen) -> FileRequest:
    """What to score, and the command that does it again."""
    from dataclasses import replace

    from nlptasks._scoring.prediction_file import FileRequest
    from nlptasks._settings.command import words
    from nlptasks.plugin import TaskSpec
    from nlptasks.plugin.labels import check_labels
    from nlptasks.records.schema import Dataset

    predictions, table, evaluation = chosen.of(PredictionSource), chosen.of(TableSource), chosen.of(Evaluation)
    choice, target = chosen.of(BenchmarkChoice), chosen.of(RecordTarget)
    of_card = _of_card(registry, choice) if choice.benchmark or choice.suite else {}
    request = FileRequest(
        predictions=source,
        task=of_card.get("task") or registry.get(TaskSpec, predictions.task).spec,
        source=replace(table, **of_card.pop("source", {})),
        prediction=predictions.prediction,
        score=predictions.score_column,
        nats=predictions.nll_column,
        model=target.name,
        labels=check_labels(predictions.labels, cased=True),
        metrics=evaluation.metrics,
        withhold=target.withhold_texts,
        partial=predictions.partial,
        argv=(
            "nlptasks",
            "rescore",
            Path(source).name,
            *words(predictions, table, choice, evaluation, target),
        ),
    )
    request = replace(request, **of_card)
    if not evaluation.language:
        return request
    known = request.dataset or Dataset(name=split_suffix(request.source.data or source)[0], sha256="", n=0)
    return replace(request, dataset=replace(known, language=evaluation.language))


def _of_card(registry: Registry, choice: BenchmarkChoice) -> dict[str, Any]:
    """What a benchmark says of the data set that the predictions are for."""
    from nlptasks._running.jobs import dataset_of
    from nlptasks.plugin import TaskSpec
    from nlptasks.records.suites import locate, open_suite, read_suite

    suite = open_suite(registry, choice.benchmark) if choice.benchmark else read_suite(Path(choice.suite))
    named = ", ".join(choice.datasets)
    card = next((card for card in suite.datasets if (card.name,) == choice.datasets), None)
    if card is None:
        raise UsageError(
            f"the benchmark '{suite.name}' has no data set '{named}'",
            hint=f"name one of them with --dataset: {', '.join(card.name for card in suite.datasets)}",
        )
    return {
        "task": registry.get(TaskSpec, card.task).spec,
        "source": {
            "data": str(locate(suite, card, data_dir=choice.data_dir)),
            "columns": card.columns,
            "gold": card.gold,
            "id": card.id,
        },
        "meta": tuple(dict.fromkeys(filter(None, (card.cluster, *card.meta)))),
        "own_metrics": card.metrics,
        "primary": card.primary,
        "dataset": dataset_of(suite, card),
    }


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
)
