"""Which evaluations a command asks for: one of a file, or one of each data set of a benchmark, with each seed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlptasks._running.eval import EvalRequest
from nlptasks._running.facts import system_name
from nlptasks._scoring.datasets import ScoredData, data_of
from nlptasks._settings.command import of_task, placeless, words
from nlptasks._settings.groups import BenchmarkChoice, Evaluation, RecordTarget, SystemChoice, TableSource
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks.errors import UsageError
from nlptasks.files.paths import split_suffix
from nlptasks.plugin import TaskSpec
from nlptasks.records.schema import Dataset
from nlptasks.records.suites import Card, Suite, locate

#: Where records go when the user names no place.
RESULTS = Path("results")

#: Characters of a folder's name, and the digits by which two names are told apart that would share one.
_LONGEST, _DIGITS = 80, 8

#: What a slice of a further column is called.
_META = "meta."


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the user asked for, whatever the data."""

    system: SystemChoice
    target: RecordTarget
    evaluation: Evaluation


@dataclass(frozen=True, kw_only=True)
class Job:
    """One evaluation.

    Args:
        system: The head with its backbone.
        request: What to evaluate.
        group: What jobs share that differ in their seed alone.
    """

    system: System
    request: EvalRequest
    group: str


def file_jobs(
    session: Session,
    task: TaskSpec,
    source: TableSource,
    system: SystemChoice,
    target: RecordTarget,
    evaluation: Evaluation,
) -> list[Job]:
    """The evaluations of a file, one for each seed.

    Raises:
        UsageError: Names are unknown or do not fit.
    """
    asked = _Asked(system=system, target=target, evaluation=evaluation)
    stem = _stem(source.data)
    meta = _meta(evaluation.slices, evaluation.cluster)
    dataset = Dataset(name=stem, sha256="", n=0, cluster=evaluation.cluster, language=evaluation.language)
    data = ScoredData(source=source, dataset=dataset, meta=meta)
    return [
        _job(session, task, options, asked, data, place=(task.name, stem), named=source) for options in _seeded(asked)
    ]


def suite_jobs(
    session: Session,
    suite: Suite,
    choice: BenchmarkChoice,
    system: SystemChoice,
    target: RecordTarget,
    evaluation: Evaluation,
    *,
    tasks: Sequence[TaskSpec] = (),
) -> list[Job]:
    """The evaluations of a suite: of each of its data sets, or of those of some tasks or names, with each seed.

    Args:
        session: What is installed.
        suite: The suite.
        choice: How the user named it, and which of its data sets.
        system: What is evaluated.
        target: Where the records go.
        evaluation: What is scored.
        tasks: The tasks; none: all.

    Raises:
        UsageError: Names are unknown or do not fit, or nothing is left.
        DataError: A file has another hash.
    """
    asked = _Asked(system=system, target=target, evaluation=evaluation)
    cards = [card for card in suite.datasets if _wanted(session, card, tasks, choice.datasets)]
    if unknown := sorted(set(choice.datasets) - {card.name for card in suite.datasets}):
        known = ", ".join(card.name for card in suite.datasets)
        raise UsageError(f"the benchmark '{suite.name}' has no data set '{unknown[0]}'", hint=f"it has: {known}")
    if not cards:
        raise UsageError(
            f"the benchmark '{suite.name}' has no data set for this",
            hint=f"its tasks: {', '.join(sorted({card.task for card in suite.datasets}))}",
        )
    paths = [locate(suite, card, data_dir=choice.data_dir) for card in cards]  # all are there before the first is run
    return [
        job
        for card, path in zip(cards, paths, strict=True)
        for job in _card_jobs(session, suite, card, path, asked, choice)
    ]


def _card_jobs(
    session: Session, suite: Suite, card: Card, path: Path, asked: _Asked, choice: BenchmarkChoice
) -> Iterator[Job]:
    task = session.tasks([card.task])[0]
    data = data_of(suite, card, path)
    data = replace(data, meta=_meta(asked.evaluation.slices, *data.meta))
    heads = {task.name: asked.system.heads.get(task.name) or card.head}
    mine = replace(asked, system=replace(asked.system, heads=heads))
    for options in _seeded(mine):
        job = _job(
            session,
            task,
            {**_of_card(session, task, mine, card), **options},
            mine,
            data,
            place=(suite.name, card.name),
            named=replace(choice, datasets=(card.name,)),
        )
        if asked.target.output:
            folder = Path(asked.target.output) / card.name / job.request.output.name
            target = replace(job.request.target, output=str(folder))
            job = replace(job, request=replace(job.request, target=target))
        yield job


def _job(
    session: Session,
    task: TaskSpec,
    options: Mapping[str, Any],
    asked: _Asked,
    data: ScoredData,
    *,
    place: tuple[str, str],
    named: TableSource | BenchmarkChoice,
) -> Job:
    system = session.choose([task], replace(asked.system, options=options))
    target, evaluation = asked.target, asked.evaluation
    name = target.name or system_name(system)
    seed = f"-seed{options['seed']}" if evaluation.seeds else ""
    own = _slug(target.name) if target.name else _slug(name, usual=True)
    folder = RESULTS.joinpath(*place, own + seed)
    if target.output:
        of_file = isinstance(named, TableSource)
        folder = Path(target.output + seed) if of_file else Path(target.output) / (own + seed)
    language = data.dataset.language or str(options.get("to") or getattr(system.heads[0].options, "to", ""))
    columns, given = (named.columns, named.reading.given) if isinstance(named, TableSource) else ({}, {})
    argv = (
        "nlptasks",
        "eval",
        task.name,
        *words(named),
        *(word for file in data.source.more for word in ("--data", placeless(file, named=True))),
        *of_task(task.name, columns, asked.system, {**_configured(session, system), **options, **given}),
        *words(asked.system, evaluation, target),
    )
    return Job(
        system=system,
        request=EvalRequest(
            data=replace(data, dataset=replace(data.dataset, language=language)),
            target=replace(target, output=str(folder)),
            evaluation=asked.evaluation,
            argv=argv,
        ),
        group=f"{task.name} {data.dataset.name}",
    )


def _configured(session: Session, system: System) -> dict[str, Any]:
    """The options of a system that the configuration file has: a recorded command is to do without that."""
    head = session.registry.configured(system.heads[0].head)
    return head | (session.registry.configured(system.backbone) if system.backbone else {})


def _seeded(asked: _Asked) -> Iterator[dict[str, Any]]:
    """The options of the user, with each seed."""
    given = {name: value for name, value in asked.system.options.items() if value is not None}
    if not asked.evaluation.seeds:
        yield given
    for seed in asked.evaluation.seeds:
        yield {**given, "seed": seed}


def _of_card(session: Session, task: TaskSpec, asked: _Asked, card: Card) -> dict[str, Any]:
    """The card's options; another head than the card's may not have them."""
    head = asked.system.heads[task.name]
    if head == card.head or not card.options:
        return dict(card.options)
    try:
        session.choose([task], replace(asked.system, options={**asked.system.options, **card.options}))
    except UsageError:
        return {}
    return dict(card.options)


def _wanted(session: Session, card: Card, tasks: Sequence[TaskSpec], datasets: Sequence[str]) -> bool:
    names = {task.name for task in tasks}
    return (not names or session.tasks([card.task])[0].name in names) and (not datasets or card.name in datasets)


def _stem(data: str) -> str:
    """What the data are called: a file's or a folder's name, and of a glob that of the folder before it."""
    parts = [part for part in Path(data).parts if not set(part) & set("*?[")]
    return split_suffix(parts[-1] if parts else "data")[0] or "data"


def _meta(slices: Sequence[str], *columns: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns to keep: those of slices, clusters and cards."""
    named = [name.removeprefix(_META) for name in slices if name.startswith(_META)]
    for column in columns:
        named += [column] if isinstance(column, str) else column
    return tuple(dict.fromkeys(filter(None, named)))


def _slug(name: str, *, usual: bool = False) -> str:
    """A name as a folder's: lower-case letters, digits and hyphens; other names never share it.

    Args:
        name: The name.
        usual: Whether it is what a system is called of itself, whose one space joins two names.
    """
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:_LONGEST]
    if slug == (name.replace(" ", "-", 1) if usual else name):
        return slug
    own = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{slug or 'system'}-{own}"


__all__ = ["RESULTS", "Job", "file_jobs", "suite_jobs"]
