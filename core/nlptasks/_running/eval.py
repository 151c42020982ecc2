"""An evaluation: from a file with gold answers to a record, through a journal that survives a kill.

The rows are predicted in blocks that depend on nothing but the data, so that an evaluation that was killed and goes on
makes the same batches, and with them the same bytes, as one that was not. What the user asks beside the predictions
(names, slices, metrics, which texts are kept) is done anew each time, from the predictions that are there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Registry
from nlptasks._running import facts
from nlptasks._running.blocks import Block, PredictedBlock, cut
from nlptasks._running.driver import RowSource, Totals, drive
from nlptasks._running.journal import Journal, JournalEntry
from nlptasks._running.provenance import files, plain_options, plugins
from nlptasks._running.resuming.differences import differing
from nlptasks._running.samples import Outcome, golds_digest, inputs_digest, outcome, outcomes_of, samples_of
from nlptasks._running.spreading.place import SystemPlace, placed
from nlptasks._scoring.datasets import ScoredData
from nlptasks._scoring.gold_rows import for_labels, read_gold_rows, refuse_own_output
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.results import clusters_of
from nlptasks._scoring.score import metric_names, score_samples
from nlptasks._scoring.slices import slices
from nlptasks._settings.command import with_precision
from nlptasks._settings.groups import EngineChoice, Evaluation, RecordTarget
from nlptasks._systems.readers import reader_for
from nlptasks._systems.session import Session
from nlptasks._systems.system import System
from nlptasks._tables.gold_samples import GoldTable, Item
from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.files.names import is_file, is_there
from nlptasks.plugin import LIKELIHOOD, MetricSpec, TaskSpec
from nlptasks.records.digests import digests_of, withhold
from nlptasks.records.schema import Cost, Machine, Matrices, Record, Run, Sample
from nlptasks.records.store import RECORD, StoredRecord, read_record, record_json, write_record

#: Rows of a block.
_BLOCK = 256

_HERE = EngineChoice()

#: Samples that are named.
_NAMED = 5

_BATCH = f"blocks of {_BLOCK} rows, batches by length within a token budget"


@dataclass(frozen=True, kw_only=True)
class EvalRequest:
    """One evaluation of one system.

    Args:
        data: What is scored.
        target: The record; its ``output`` names a folder.
        evaluation: What is scored beside the task's metrics. Its ``seeds`` are told by the system's options here, and
            its ``cluster`` and ``language`` by ``data``.
        argv: The command that makes the record again.
    """

    data: ScoredData
    target: RecordTarget
    evaluation: Evaluation
    argv: tuple[str, ...] = ()

    @property
    def output(self) -> Path:
        """The folder of the record."""
        return Path(self.target.output)


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What an evaluation came to.

    Args:
        record: The record.
        folder: Where it lies.
        resumed: Samples that a journal held already.
        done_before: Whether the same record lay there, so that nothing was left to do.
        anew: Fields of the record that lay there which were done anew from its predictions; empty: it was not so.
        skipped: Why rows were left out, and how many.
        notes: What was detected about the data.
        foreign: Ids of the first samples in a language or in characters that the head does not read.
        reader: What to type so that these are read; empty: nothing installed reads them.
    """

    record: Record
    folder: Path
    resumed: int = 0
    done_before: bool = False
    anew: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    reader: str = ""


def evaluate(
    session: Session,
    system: System,
    request: EvalRequest,
    observers: Observers,
    *,
    engine: EngineChoice = _HERE,
    told: Callable[[str], None] = lambda _: None,
) -> Evaluated:
    """Evaluate a system with one head, and leave a record.

    Args:
        session: What is installed.
        system: The system.
        request: What to evaluate.
        observers: What is told how it goes.
        engine: Where the rows are predicted.
        told: Told what a person should know.

    Raises:
        UsageError: A column or a metric is not there, or another record or journal lies in the way.
        DataError: A row cannot be read, or none has a gold answer.
        NlptasksError: The disk is full, or a head failed.
    """
    task = system.heads[0].task
    data, known = request.data, request.data.dataset
    names = metric_names(session.registry, task, data.own_metrics, data.primary, request.evaluation.metrics)
    limit = request.evaluation.limit
    table, language = read_gold_rows(
        session.registry, task, data.source, names, language=known.language, meta=data.meta, limit=limit
    )
    request = replace(request, data=replace(data, dataset=replace(known, language=language)))
    with placed(session, system, engine, told) as place:
        return _evaluated(session.registry, system, place, request, observers, table, names)


def _evaluated(
    registry: Registry,
    system: System,
    place: SystemPlace,
    request: EvalRequest,
    observers: Observers,
    table: GoldTable,
    names: Sequence[str],
) -> Evaluated:
    """The evaluation of a system that is in memory somewhere."""
    task, loaded, data = system.heads[0].task, place.loaded, request.data
    given = loaded.heads[0].head.labels
    table = for_labels(table, given, source=data.source.data)
    labels = label_set(item.gold for item in table.items) if given else ()
    draft = _draft(registry, task, system, place, request, table, labels, names)
    scoring = _Scoring(registry=registry, task=task, names=names, request=request, table=table)
    old = _lying_there(draft, request)
    if old is not None and (again := _from_record(old, draft, scoring)):
        return again
    with Journal(_journal(request.output), draft.key, restart=request.target.restart) as journal:
        resumed = sum(len(entry.rows) for entry in journal.entries)
        source = _source(data.source.data, table, journal, likely=_likely(registry, names))
        sink = _Outcomes(journal)
        drive(source, loaded.heads, place.engine(), [sink], observers=observers, output=request.target.output)
        outcomes = [row for entry in journal.entries for row in entry.rows]
        try:
            finished = scoring.finish(replace(draft, cost=_cost(journal.entries, place.peak_rss_mb())), outcomes)
        except (UsageError, DataError):  # to go on from here would be refused again
            journal.remove()
            raise
        record = finished.write(request.output, force=request.target.force or old is not None)
        foreign = [sample.id for sample in finished.samples if "foreign_input" in sample.flags]
        journal.remove()
    return Evaluated(
        record=record,
        folder=request.output,
        resumed=resumed,
        skipped=table.skipped,
        notes=table.notes,
        foreign=tuple(foreign[:_NAMED]),
        reader=reader_for(registry, task, loaded.heads[0].languages) if foreign else "",
    )


def _draft(
    registry: Registry,
    task: TaskSpec,
    system: System,
    place: SystemPlace,
    request: EvalRequest,
    table: GoldTable,
    labels: tuple[str, ...],
    names: Sequence[str],
) -> Record:
    """The record as far as it is known before anything is predicted; its key is complete."""
    options = {**plain_options(system.context.options), **plain_options(system.heads[0].options)}
    seed = options.pop("seed", None)
    commit, dirty = facts.commit()
    model = facts.model_of(system, place.loaded, request.target.name)
    return Record(
        task=task.name,
        primary=request.data.primary or task.primary,
        dataset=replace(request.data.dataset, sha256=table.sha256, n=len(table.items)),
        model=model,
        run=Run(
            seed=seed if isinstance(seed, int) else None,
            batch=_BATCH,
            decoding=options,
            limit=request.evaluation.limit,
            argv=with_precision(request.argv, model.dtype),
            commit=commit,
            dirty=dirty,
            versions=facts.versions(),
            columns=table.columns,
            inputs=inputs_digest(table.items),
            likelihoods=golds_digest(table.items) if _likely(registry, names) else "",
            plugins=plugins(
                registry, system, request.data.source, [name for name in names if registry.has(MetricSpec, name)]
            ),
            files=files(system),
        ),
        machine=Machine(**place.machine()),
        scores={},
        labels=labels,
    )


def _lying_there(draft: Record, request: EvalRequest) -> StoredRecord | None:
    """The record of the same evaluation, where it lies there already and is not to be replaced in any case."""
    if not is_file(request.output / RECORD):
        if is_there(request.output):
            raise UsageError(f"{request.output} exists and is no record", hint="give another --output")
        return None
    if request.target.force:
        return None
    old = read_record(request.output)
    key = old.record.key
    if not draft.run.likelihoods:  # likelihoods that nobody asks for any more do no harm
        key.pop("likelihoods", None)
    if differences := differing(key, draft.key):
        listed = "\n".join(f"  {name}: it has {left}, this run has {right}" for name, left, right in differences)
        raise UsageError(
            f"{request.output} holds the record of another evaluation:\n{listed}",
            hint="--force replaces it; or give another --output",
        )
    return old


def _from_record(old: StoredRecord, draft: Record, scoring: _Scoring) -> Evaluated | None:
    """What comes of the predictions of the same evaluation; ``None`` where they cannot be had of its record."""
    table, folder = scoring.table, scoring.request.output
    outcomes = outcomes_of(old.record, old.samples)
    if outcomes is None:
        same = (old.record.run.argv, old.record.run.plugins) == (draft.run.argv, draft.run.plugins)
        return Evaluated(record=old.record, folder=folder, done_before=True, skipped=table.skipped) if same else None
    if len(outcomes) != len(table.items):
        return None
    run = replace(draft.run, commit=old.record.run.commit, dirty=old.record.run.dirty)
    finished = scoring.finish(replace(draft, run=run, machine=old.record.machine, cost=old.record.cost), outcomes)
    anew = _changed(old.record, finished)
    if not anew:
        return Evaluated(record=old.record, folder=folder, done_before=True, skipped=table.skipped)
    record = finished.write(folder, force=True)
    return Evaluated(record=record, folder=folder, anew=anew, skipped=table.skipped, notes=table.notes)


#: What may differ between records that say the same.
_PASSING = ("argv", "batch", "cost", "id", "machine")


def _changed(old: Record, new: _Finished) -> tuple[str, ...]:
    """The fields in which a record would differ from one that lies there; a number that is not defined equals another.

    They are named to the second level: ``slices.label``.
    """
    now = replace(new.record, digests=digests_of(new.samples, new.stats))
    before, after = (json.loads(record_json(record)) for record in (old, now))
    for content in (before, after):
        for part in (content, content["run"]):
            for name in _PASSING:
                part.pop(name, None)
    names = dict.fromkeys(".".join(name.split(".")[:2]) for name, _, _ in differing(before, after))
    told = tuple(name for name in names if not name.startswith("digests"))
    return told or (("samples",) if names else ())


def _likely(registry: Registry, names: Sequence[str]) -> bool:
    """Whether one of some metrics reads likelihoods."""
    return any(item.spec.reads == LIKELIHOOD for item in registry.all(MetricSpec) if item.spec.name in names)


def _journal(output: Path) -> Path:
    return output.with_name(f"{output.name}.journal.jsonl")


def _source(name: str, table: GoldTable, journal: Journal, *, likely: bool) -> RowSource[Item]:
    """The rows that the journal does not hold yet.

    Raises:
        NlptasksError: The journal's samples are not those of the data.
    """
    blocks = list(cut(table.items, _characters, first=_BLOCK, largest=_BLOCK))
    entries = journal.entries
    if len(entries) > len(blocks):
        raise NlptasksError(f"{journal.path}: it has more blocks than the data", hint="--restart begins anew")
    for entry, items in zip(entries, blocks, strict=False):
        if len(entry.rows) != len(items):
            raise NlptasksError(f"{journal.path}: its blocks are not those of the data", hint="--restart begins anew")
    before = Totals(
        rows=sum(len(entry.rows) for entry in entries),
        tokens=sum(entry.tokens for entry in entries),
        long=sum(entry.long for entry in entries),
        cut=sum(row.unread for entry in entries for row in entry.rows),
        blank=sum(row.prediction is None for entry in entries for row in entry.rows),
    )
    return RowSource(
        name=name,
        blocks=_blocks(blocks[len(entries) :], before.rows, likely=likely),
        place=lambda item: f"the row with the id {item.id!r}",
        rows=len(table.items),
        skipped=Counter(table.skipped),
        before=before,
    )


def _blocks(blocks: Sequence[Sequence[Item]], first: int, *, likely: bool) -> Iterator[Block[Item]]:
    for items in blocks:
        # The text as it stands in the table: a language model also expects the space before a continuation.
        texts = [item.text for item in items] if likely else None
        yield Block(rows=items, examples=[[item.example for item in items]], texts=[texts], first=first)
        first += len(items)


def _characters(item: Item) -> int:
    return sum(map(len, item.example.inputs.values()))


class _Outcomes:
    """The sink that keeps what the system made of the rows in the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def take(self, done: PredictedBlock[Item]) -> None:
        """Write a block into the journal."""
        made = zip(done.made.by_head[0], done.nll[0], done.made.unread[0], done.made.foreign[0], strict=True)
        rows = tuple(
            outcome(prediction, nll, unread=unread, foreign=bool(foreign)) for prediction, nll, unread, foreign in made
        )
        self._journal.add(
            JournalEntry(rows=rows, seconds=round(done.seconds, 6), tokens=done.made.tokens, long=sum(done.made.long))
        )

    def finish(self) -> None:
        """The record is made of the journal, whose blocks may be older than this process."""


@dataclass(frozen=True, kw_only=True)
class _Finished:
    """A record with all that belongs to it; nothing is written."""

    record: Record
    samples: Sequence[Sample]
    stats: Matrices

    def write(self, folder: Path, *, force: bool) -> Record:
        return write_record(folder, self.record, self.samples, self.stats, force=force)


@dataclass(frozen=True, kw_only=True)
class _Scoring:
    """What becomes of predictions, whenever they were made."""

    registry: Registry
    task: TaskSpec
    names: Sequence[str]
    request: EvalRequest
    table: GoldTable

    def finish(self, draft: Record, outcomes: Sequence[Outcome]) -> _Finished:
        """The record of what a system made of the rows."""
        samples = list(samples_of(self.table.items, outcomes, draft.labels))
        refuse_own_output(self.task, self.table, samples, source=self.request.data.source.data)
        cluster = draft.dataset.cluster
        scored = score_samples(
            self.registry,
            self.names,
            samples,
            labels=draft.labels,
            language=draft.dataset.language,
            cluster=cluster,
            task=self.task,
        )
        if not scored.scores:
            raise NlptasksError("no installed metric can read these predictions", hint="see 'nlptasks metrics list'")
        parts = slices(
            samples,
            scored.metrics,
            scored.stats,
            self.request.evaluation.slices,
            labels=draft.labels,
            clusters=clusters_of(samples, cluster),
            cluster=cluster,
        )
        withheld = self.request.target.withhold_texts
        record = replace(
            draft,
            primary=draft.primary if draft.primary in scored.scores else next(iter(scored.scores)),
            scores=scored.scores,
            slices=parts,
            flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
            withheld=withheld,
        )
        kept = withhold(samples, record.labels) if withheld else samples
        return _Finished(record=record, samples=kept, stats=scored.stats)


def _cost(entries: Sequence[JournalEntry], peak_rss_mb: float) -> Cost:
    """What the entries cost in the processes that predicted, those of earlier runs of the same evaluation included."""
    import numpy as np

    seconds = sum(entry.seconds for entry in entries)
    rows = [len(entry.rows) for entry in entries]
    each = np.repeat([1_000 * entry.seconds / len(entry.rows) for entry in entries], rows)
    rate = 1 / seconds if seconds else 0.0
    return Cost(
        seconds=round(seconds, 3),
        rows_per_second=round(sum(rows) * rate, 3),
        tokens_per_second=round(sum(entry.tokens for entry in entries) * rate, 1),
        p50_ms=round(float(np.percentile(each, 50)), 3),
        p95_ms=round(float(np.percentile(each, 95)), 3),
        peak_rss_mb=peak_rss_mb,
    )


__all__ = ["EvalRequest", "Evaluated", "evaluate"]
