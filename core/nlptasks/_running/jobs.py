"""Which evaluations a command asks for: one of a file, or one of each data set of a benchmark, with each seed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlptasks._running.eval import EvalRequest
from nlptasks._running.facts import system_name
from nlptasks._systems.session import Plan, Session
from nlptasks._tables.gold_samples import GoldRequest
from nlptasks.errors import UsageError
from nlptasks.files.paths import split_suffix
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import FormatOptions
from nlptasks.records.schema import Dataset
from nlptasks.records.suites import Card, Suite, locate

#: Where records go when the user names no place.
RESULTS = Path("results")

#: What a slice of a further column is called.
_META = "meta."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asked for, whatever the data.

    Args:
        heads: By task, the name of a head or the folder of a trained one.
        backbone: Name of a backbone, a folder, or a reference.
        options: Options of head and backbone.
        output: Where records go; empty: below ``results``.
        name: What boards call the system.
        limit: Most samples; 0: all.
        seeds: Seeds, a record each; none: the head's own.
        slices: What to score apart.
        metrics: Further metrics.
        force: Whether a record that lies there is replaced.
        restart: Whether a journal of another evaluation is thrown away.
        withhold: Whether the texts of the data are kept out of the record.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        dtype: The same.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    backbone: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    name: str = ""
    limit: int = 0
    seeds: tuple[int, ...] = ()
    slices: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    force: bool = False
    restart: bool = False
    withhold: bool = False
    device: str = "auto"
    dtype: str = "auto"


@dataclass(frozen=True, kw_only=True)
class FileAsked:
    """A file to evaluate on.

    Args:
        data: The file.
        columns: Columns by the task's inputs.
        gold: The gold column.
        label_map: Labels by what its cells call them.
        id: Column of the ids.
        cluster: Column whose values tie samples together.
        language: ISO 639-1 code of the language of the answers.
        data_format: Name of its format.
        reading: How to read it.
        skip_bad_rows: Whether rows that cannot be read are left out.
    """

    data: str
    columns: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    label_map: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    cluster: str = ""
    language: str = ""
    data_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False


@dataclass(frozen=True, kw_only=True)
class Job:
    """One evaluation.

    Args:
        plan: The task with its head and backbone.
        request: What to evaluate.
        group: What jobs share that differ in their seed alone.
    """

    plan: Plan
    request: EvalRequest
    group: str


def file_jobs(session: Session, task: TaskSpec, asked: Asked, file: FileAsked) -> list[Job]:
    """The evaluations of a file, one for each seed.

    Raises:
        UsageError: Names are unknown or do not fit.
    """
    stem = split_suffix(file.data)[0]
    table = GoldRequest(
        data=file.data,
        columns=file.columns,
        gold=file.gold,
        label_map=file.label_map,
        id=file.id,
        meta=_meta(asked.slices, file.cluster),
        limit=asked.limit,
        data_format=file.data_format,
        reading=file.reading,
        skip_bad_rows=file.skip_bad_rows,
    )
    dataset = Dataset(name=stem, sha256="", n=0, cluster=file.cluster, language=file.language)
    return [
        _job(
            session,
            task,
            options,
            asked,
            table,
            dataset,
            place=(task.name, stem),
            said=("--data", Path(file.data).name, *_mapped(file.label_map)),
        )
        for options in _seeded(asked)
    ]


def suite_jobs(
    session: Session,
    suite: Suite,
    asked: Asked,
    *,
    said: tuple[str, ...],
    tasks: Sequence[TaskSpec] = (),
    datasets: Sequence[str] = (),
    data_dir: str = "",
) -> list[Job]:
    """The evaluations of a suite: of each of its data sets, or of those of some tasks or names, with each seed.

    Args:
        session: What is installed.
        suite: The suite.
        asked: What the user asked for.
        said: How the command names the suite.
        tasks: The tasks; none: all.
        datasets: Names of data sets; none: all.
        data_dir: Where the files lie that the suite does not ship.

    Raises:
        UsageError: Names are unknown or do not fit, or nothing is left.
        DataError: A file has another hash.
    """
    cards = [card for card in suite.datasets if _wanted(session, card, tasks, datasets)]
    if unknown := sorted(set(datasets) - {card.name for card in suite.datasets}):
        known = ", ".join(card.name for card in suite.datasets)
        raise UsageError(f"the benchmark '{suite.name}' has no data set '{unknown[0]}'", hint=f"it has: {known}")
    if not cards:
        raise UsageError(
            f"the benchmark '{suite.name}' has no data set for this",
            hint=f"its tasks: {', '.join(sorted({card.task for card in suite.datasets}))}",
        )
    paths = [locate(suite, card, data_dir=data_dir) for card in cards]  # all are there before the first is run
    return [
        job
        for card, path in zip(cards, paths, strict=True)
        for job in _card_jobs(session, suite, card, path, asked, said)
    ]


def dataset_of(suite: Suite, card: Card) -> Dataset:
    """What a record says of a suite's data set, but for the hash and the number of samples."""
    return Dataset(
        name=card.name,
        benchmark=f"{suite.name} {suite.version}".strip(),
        split=card.split,
        revision=card.revision,
        sha256="",
        n=0,
        cluster=card.cluster,
        language=card.language,
        licence=card.licence,
        source=card.source,
        floor=card.floor,
        ceiling=card.ceiling,
    )


def _card_jobs(
    session: Session, suite: Suite, card: Card, path: Path, asked: Asked, said: tuple[str, ...]
) -> Iterator[Job]:
    task = session.tasks([card.task])[0]
    table = GoldRequest(
        data=str(path),
        columns=card.columns,
        gold=card.gold,
        id=card.id,
        meta=_meta(asked.slices, card.cluster, card.meta),
        limit=asked.limit,
    )
    dataset = dataset_of(suite, card)
    mine = replace(asked, heads={task.name: asked.heads.get(task.name) or card.head})
    for options in _seeded(mine):
        job = _job(
            session,
            task,
            {**_of_card(session, task, mine, card), **options},
            mine,
            table,
            dataset,
            place=(suite.name, card.name),
            said=(*said, "--dataset", card.name),
        )
        request = replace(job.request, own_metrics=card.metrics, primary=card.primary)
        if asked.output:
            output = Path(asked.output) / card.name / job.request.output.name
            request = replace(request, output=output)
        yield replace(job, request=request)


def _job(
    session: Session,
    task: TaskSpec,
    options: Mapping[str, Any],
    asked: Asked,
    table: GoldRequest,
    dataset: Dataset,
    *,
    place: tuple[str, str],
    said: tuple[str, ...],
) -> Job:
    plan = session.plan([task], heads=asked.heads, backbone=asked.backbone, options=options)
    name = asked.name or system_name(plan)
    seed = f"-seed{options['seed']}" if asked.seeds else ""
    folder = RESULTS.joinpath(*place, _slug(name) + seed)
    if asked.output:
        folder = Path(asked.output + seed) if said[0] == "--data" else Path(asked.output) / (_slug(name) + seed)
    language = dataset.language or str(options.get("to") or getattr(plan.tasks[0].options, "to", ""))
    return Job(
        plan=plan,
        request=EvalRequest(
            table=table,
            output=folder,
            dataset=replace(dataset, language=language),
            name=asked.name,
            metrics=asked.metrics,
            slices=asked.slices,
            force=asked.force,
            restart=asked.restart,
            withhold=asked.withhold,
            device=asked.device,
            dtype=asked.dtype,
            argv=tuple(_command(task, asked, options, said)),
        ),
        group=f"{task.name} {dataset.name}",
    )


def _mapped(label_map: Mapping[str, str]) -> Iterator[str]:
    for old, new in label_map.items():
        yield from ("--label-map", f'"{old}={new}"' if "," in old + new else f"{old}={new}")


def _seeded(asked: Asked) -> Iterator[dict[str, Any]]:
    """The options of the user, with each seed."""
    given = {name: value for name, value in asked.options.items() if value is not None}
    if not asked.seeds:
        yield given
    for seed in asked.seeds:
        yield {**given, "seed": seed}


def _of_card(session: Session, task: TaskSpec, asked: Asked, card: Card) -> dict[str, Any]:
    """The card's options; another head than the card's may not have them."""
    head = asked.heads[task.name]
    if head == card.head or not card.options:
        return dict(card.options)
    try:
        session.plan([task], heads=asked.heads, backbone=asked.backbone, options={**asked.options, **card.options})
    except UsageError:
        return {}
    return dict(card.options)


def _wanted(session: Session, card: Card, tasks: Sequence[TaskSpec], datasets: Sequence[str]) -> bool:
    names = {task.name for task in tasks}
    return (not names or session.tasks([card.task])[0].name in names) and (not datasets or card.name in datasets)


def _meta(slices: Sequence[str], *columns: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns to keep: those of slices, clusters and cards."""
    named = [name.removeprefix(_META) for name in slices if name.startswith(_META)]
    for column in columns:
        named += [column] if isinstance(column, str) else column
    return tuple(dict.fromkeys(filter(None, named)))


def _slug(name: str) -> str:
    """A name as a folder's: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:80] or "system"


def _command(task: TaskSpec, asked: Asked, options: Mapping[str, Any], said: tuple[str, ...]) -> Iterator[str]:
    """The command that makes a record again; of files and folders it holds the names and not where they lie."""
    yield from ("nlptasks", "eval", task.name, *said)
    if head := asked.heads.get(task.name):
        yield from ("--head", Path(head).name if "/" in head else head)
    if asked.backbone:
        yield from ("--backbone", Path(asked.backbone).name if Path(asked.backbone).is_dir() else asked.backbone)
    for name, value in sorted(options.items()):
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            yield flag if value else f"--no-{flag[2:]}"
        else:
            yield from (flag, ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    for flag, text in (("--limit", asked.limit), ("--slice", ",".join(asked.slices)), ("--name", asked.name)):
        if text:
            yield from (flag, str(text))
    if asked.withhold:
        yield "--withhold-texts"


__all__ = ["RESULTS", "Asked", "FileAsked", "Job", "dataset_of", "file_jobs", "suite_jobs"]
