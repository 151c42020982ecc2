"""``nlptasks rescore RECORD ...`` and ``nlptasks rescore PREDICTIONS --task TASK``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.flags import (
    data_dir_flag,
    flag,
    format_options,
    format_params,
    gold_flag,
    id_flag,
    label_map_flag,
    language_flag,
    metric_flag,
    withhold_flag,
)
from nlptasks._cli.views.evaluated import shown
from nlptasks._cli.views.tables import echo_json, table
from nlptasks.errors import UsageError
from nlptasks.files.paths import split_suffix
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._plugins.registry import Registry
    from nlptasks._scoring.rescore import Change
    from nlptasks._scoring.rescore_file import FileScored
    from nlptasks.records.schema import Result

#: Flags that say how a file of predictions is read; a record says that itself.
_OF_FILES = (
    *("data", "benchmark", "suite", "dataset", "data_dir", "gold", "prediction", "id", "score_column", "nats_column"),
    *("name", "labels", "label_map", "language", "partial", "withhold"),
)

#: Flags that a benchmark says itself.
_OF_CARDS = ("task", "data", "gold", "id", "language", "data_format")


def _rescore(app: App, sources: tuple[str, ...], **values: Any) -> None:
    """Score a record, or anybody's predictions, anew.

    For a record, prints what it has beside what its samples give with the metrics that are installed, and exits with 1
    where a value with the same signature differs. Otherwise SOURCE is a table of predictions (CSV, JSON Lines, Parquet)
    and --task says what they answer.
    """
    registry = app.plugins().registry
    if _is_record(sources[0]):
        if given := [name for name in ("task", *_OF_FILES) if values[name]]:
            raise UsageError(
                f"--{given[0].replace('_', '-')} goes with a file of predictions; {sources[0]} is a record",
                hint="leave it out",
            )
        _records(registry, sources, values)
        return
    if len(sources) > 1:
        raise UsageError("one file of predictions at a time", hint=f"nlptasks rescore {sources[0]} --task TASK")
    if not (values["task"] or values["benchmark"] or values["suite"]):
        from nlptasks.plugin import TaskSpec

        known = ", ".join(item.spec.name for item in registry.all(TaskSpec))
        raise UsageError(
            f"{sources[0]} is no record; as a file of predictions it needs a task",
            hint=f"nlptasks rescore {sources[0]} --task TASK; tasks: {known}",
        )
    _file(registry, sources[0], values)


def _is_record(source: str) -> bool:
    path = Path(source)
    return path.is_dir() or path.name == "record.json"


# ------------------------------------------------------------------ records


def _records(registry: Registry, sources: tuple[str, ...], values: dict[str, Any]) -> None:
    from nlptasks._scoring.rescore import rescore, rescored
    from nlptasks.plugin import MetricSpec
    from nlptasks.records.store import read_record, write_record

    if values["output"] and len(sources) > 1:
        raise UsageError("--output takes one record", hint=f"nlptasks rescore {sources[0]} --output DIR")
    for name in values["metric"]:
        registry.get(MetricSpec, name)
    found, differ = [], False
    for source in sources:
        opened = read_record(Path(source))
        changes, scored = rescore(opened, registry, values["metric"])
        differ = differ or any(change.differs for change in changes)
        found.append({"record": source, "metrics": [_as_json(change) for change in changes]})
        if not values["as_json"]:
            click.echo(f"{one_line(source)}: {one_line(opened.record.model.name)}, {len(opened.samples):,} samples")
            click.echo(table(("METRIC", "RECORD", "NOW", "DIFFERENCE", "NOTE"), map(_row, changes)))
        if values["output"]:
            record = rescored(opened.record, changes, scored)
            write_record(Path(values["output"]), record, opened.samples, scored.stats, force=values["force"])
            click.echo(f"-> {one_line(values['output'])}", err=True)
    if values["as_json"]:
        echo_json(found)
    if differ:
        click.get_current_context().exit(1)


def _row(change: Change) -> tuple[str, ...]:
    old, new = (_number(result) for result in (change.old, change.new))
    difference = "" if change.difference is None else f"{change.difference:+.3g}"
    return change.metric, old, new, difference, _note(change)


def _number(result: Result | None) -> str:
    if result is None:
        return "-"
    return "not defined" if result.value is None else f"{result.value:.6f}"


def _note(change: Change) -> str:
    if change.old is None:
        return "new" if change.new is not None else "can read no sample"
    if change.new is None:
        return "not installed, or can read no sample"
    if not change.comparable:
        return f"another signature: {change.old.signature} became {change.new.signature}"
    return "differs" if change.differs else ""


def _as_json(change: Change) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "metric": change.metric,
        "record": None if change.old is None else asdict(change.old),
        "now": None if change.new is None else asdict(change.new),
        "difference": change.difference,
        "comparable": change.comparable,
        "differs": change.differs,
    }


# -------------------------------------------------------------- predictions


def _file(registry: Registry, source: str, values: dict[str, Any]) -> None:
    from dataclasses import replace

    from nlptasks._scoring.prediction_file import FileRequest
    from nlptasks._scoring.rescore_file import score_file
    from nlptasks._tables.gold import parse_label_map
    from nlptasks.plugin import TaskSpec
    from nlptasks.plugin.labels import check_labels, split_list
    from nlptasks.records.schema import Dataset
    from nlptasks.records.store import record_json, write_record

    argv = _argv(source, values)
    of_card = _of_card(registry, values) if values["benchmark"] or values["suite"] else {}
    request = FileRequest(
        predictions=source,
        task=of_card.get("task") or registry.get(TaskSpec, values["task"]).spec,
        reading=format_options(values),
        score=values["score_column"],
        nats=values["nats_column"],
        model=values["name"],
        labels=check_labels(split_list(values["labels"]), cased=True),
        label_map=parse_label_map(values["label_map"]),
        metrics=values["metric"],
        argv=argv,
        **{name: values[name] for name in ("data", "gold", "prediction", "id", "partial", "withhold")},
        **{name: values[name] for name in ("data_format", "skip_bad_rows")},
    )
    request = replace(request, **of_card)
    if values["language"]:
        known = request.dataset or Dataset(name=split_suffix(request.data or source)[0], sha256="", n=0)
        request = replace(request, dataset=replace(known, language=values["language"]))
    outcome = score_file(registry, request)
    record = outcome.record
    if values["output"]:
        record = write_record(
            Path(values["output"]), record, outcome.samples, outcome.scored.stats, force=values["force"]
        )
    for line in _summary(outcome, values["output"]):
        click.echo(line, err=values["as_json"])  # the scores are what was asked for, and the record where it is
    if values["as_json"]:
        click.echo(record_json(record), nl=False)


def _of_card(registry: Registry, values: dict[str, Any]) -> dict[str, Any]:
    """What a benchmark says of the data set that the predictions are for."""
    from nlptasks._running.jobs import dataset_of
    from nlptasks.plugin import TaskSpec
    from nlptasks.records.suites import locate, open_suite, read_suite

    if given := [name for name in _OF_CARDS if values[name]]:
        raise UsageError(
            f"--{given[0].replace('_', '-')} does not go with a benchmark, which says such things itself",
            hint="leave it out",
        )
    suite = open_suite(registry, values["benchmark"]) if values["benchmark"] else read_suite(Path(values["suite"]))
    card = next((card for card in suite.datasets if card.name == values["dataset"]), None)
    if card is None:
        raise UsageError(
            f"the benchmark '{suite.name}' has no data set '{values['dataset']}'",
            hint=f"name one of them with --dataset: {', '.join(card.name for card in suite.datasets)}",
        )
    return {
        "task": registry.get(TaskSpec, card.task).spec,
        "data": str(locate(suite, card, data_dir=values["data_dir"])),
        "columns": card.columns,
        "gold": card.gold,
        "id": card.id,
        "meta": tuple(dict.fromkeys(filter(None, (card.cluster, *card.meta)))),
        "own_metrics": card.metrics,
        "primary": card.primary,
        "dataset": dataset_of(suite, card),
    }


def _argv(source: str, values: dict[str, Any]) -> tuple[str, ...]:
    """The command without paths of this machine."""
    found = ["nlptasks", "rescore", Path(source).name]
    for name in ("data", "suite"):
        found += [f"--{name}", Path(values[name]).name] if values[name] else []
    names = ("task", "benchmark", "dataset", "gold", "prediction", "id", "score_column", "nats_column", "name")
    for name in (*names, "labels", "language"):
        found += [f"--{name.replace('_', '-')}", values[name]] if values[name] else []
    for name in ("label_map", "metric"):
        for value in values[name]:
            found += [f"--{name.replace('_', '-')}", value]
    found += ["--partial"] if values["partial"] else []
    return (*found, *(["--withhold-texts"] if values["withhold"] else []))


def _summary(outcome: FileScored, output: str) -> list[str]:
    """A few lines on what was scored. Names come from the data, so they are escaped."""
    record, total = outcome.record, len(outcome.samples)
    target = f" -> {one_line(output)}" if output else ""
    lines = [f"{record.task} on {one_line(record.dataset.name)}: {total:,} samples{target}"]
    lines += [f"  {one_line(note)}" for note in outcome.notes]
    if outcome.covered < total:
        lines.append(f"  coverage {outcome.covered / total:.1%}: a missing prediction counts as an empty answer")
    lines.append(f"  {one_line(record.model.name)}")
    width = max(map(len, record.scores))
    lines += [f"    {name:<{width}}  {shown(result)}" for name, result in record.scores.items()]
    lines += [f"  {count:,} {flag.replace('_', ' ')}" for flag, count in record.flags.items()]
    return lines


rescore = click.Command(
    "rescore",
    callback=pass_app(_rescore),
    help=_rescore.__doc__,
    no_args_is_help=True,
    params=[
        click.Argument(["sources"], nargs=-1, required=True, metavar="SOURCE..."),
        flag("--task", default="", metavar="TASK", shown="What the predictions answer; see 'nlptasks tasks list'."),
        flag("--data", default="", metavar="FILE", shown="File with the gold answers, where they stand elsewhere."),
        flag("--benchmark", default="", metavar="NAME", shown="The benchmark whose data set they are for."),
        flag("--suite", default="", metavar="FILE", shown="The same for a benchmark of your own: a YAML file."),
        flag("--dataset", default="", metavar="NAME", shown="The data set of the benchmark."),
        data_dir_flag(),
        gold_flag(),
        flag("--prediction", default="", metavar="COLUMN", shown="Column of predictions.  [default: by its name]"),
        id_flag(),
        flag(
            "--score-column",
            default="",
            metavar="COLUMN",
            shown="Column with the predictions' probabilities.  [default: PREDICTION_score]",
        ),
        flag(
            "--nats-column",
            default="",
            metavar="COLUMN",
            shown="Column with the likelihood of each gold text, as its negative logarithm in nats.  [default: nats]",
        ),
        flag("--name", default="", metavar="TEXT", shown="What boards call the system.  [default: the file's name]"),
        flag("--labels", default="", metavar="A,B,...", shown="The closed set of answers.  [default: the gold ones]"),
        label_map_flag(),
        language_flag(),
        metric_flag(),
        withhold_flag(),
        flag(
            "--partial",
            is_flag=True,
            shown="Score though predictions are missing, surplus or repeated, and mark the record.",
        ),
        flag("--output", "-o", default="", metavar="DIR", shown="Write a record there."),
        flag("--force", "-f", is_flag=True, shown="Replace a record that lies there."),
        *format_params(),
        flag("--json", "as_json", is_flag=True, shown="Print the comparison, or the new record, as JSON."),
    ],
)
