"""An evaluation: from a file with gold answers to a record, through a journal that survives a kill.

The rows are predicted in blocks that depend on nothing but the data, so that an evaluation that was killed and goes on
makes the same batches, and with them the same bytes, as one that was not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Registry
from nlptasks._running import facts
from nlptasks._running.blocks import Block, PredictedBlock, cut
from nlptasks._running.driver import Source, Totals, drive
from nlptasks._running.engine import LocalEngine
from nlptasks._running.journal import Entry, Journal, differing
from nlptasks._scoring.gold_rows import for_labels, read_gold_rows, refuse_own_output
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.results import clusters_of
from nlptasks._scoring.score import metric_names, score_samples
from nlptasks._scoring.slices import slices
from nlptasks._scoring.spelling import Spelling
from nlptasks._settings.command import with_dtype
from nlptasks._settings.groups import Evaluation, RecordTarget, TableSource
from nlptasks._systems.session import Session
from nlptasks._systems.system import LoadedSystem, System
from nlptasks._tables.gold_samples import GoldTable, Item
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import LIKELIHOOD, MetricSpec, TaskSpec
from nlptasks.plugin.predictions import DECIMALS, Label
from nlptasks.plugin.protocols import Prediction
from nlptasks.records.schema import FLAGS, Cost, Dataset, Record, Run, Sample, withhold
from nlptasks.records.store import RECORD, read_record, write_record

#: Rows of a block.
_BLOCK = 256

#: Samples that are named.
_NAMED = 5

_BATCH = f"blocks of {_BLOCK} rows, batches by length within a token budget"


@dataclass(frozen=True, kw_only=True)
class EvalRequest:
    """One evaluation of one system.

    Args:
        source: The table.
        target: The record; its ``output`` names a folder.
        evaluation: What is scored beside the task's metrics. Its ``seeds`` are told by the system's options here, and
            its ``cluster`` and ``language`` by ``dataset``.
        dataset: What is known of the data beforehand; the hash and the number of samples are filled in.
        meta: Further columns to keep with the samples.
        own_metrics: Names of the metrics in place of the task's; empty: the task's.
        primary: The metric that ranks systems; empty: the task's.
        argv: The command that makes the record again.
    """

    source: TableSource
    target: RecordTarget
    evaluation: Evaluation
    dataset: Dataset
    meta: tuple[str, ...] = ()
    own_metrics: tuple[str, ...] = ()
    primary: str = ""
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
        skipped: Why rows were left out, and how many.
        notes: What was detected about the data.
        foreign: Ids of the first samples in a language or in characters that the head does not read.
    """

    record: Record
    folder: Path
    resumed: int = 0
    done_before: bool = False
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def evaluate(session: Session, system: System, request: EvalRequest, observers: Observers) -> Evaluated:
    """Evaluate a system with one head, and leave a record.

    Raises:
        UsageError: A column or a metric is not there, or another record or journal lies in the way.
        DataError: A row cannot be read, or none has a gold answer.
        NlptasksError: The disk is full, or a head failed.
    """
    task = system.heads[0].task
    names = metric_names(session.registry, task, request.own_metrics, request.primary, request.evaluation.metrics)
    limit = request.evaluation.limit
    known = request.dataset
    table, language = read_gold_rows(
        session.registry, task, request.source, names, language=known.language, meta=request.meta, limit=limit
    )
    request = replace(request, dataset=replace(known, language=language))
    loaded = session.load(system)
    given = loaded.heads[0].head.labels
    table = for_labels(table, given, source=request.source.data)
    labels = label_set(item.gold for item in table.items) if given else ()
    draft = _draft(task, system, loaded, request, table, labels)
    if done := _done(draft, request):
        return Evaluated(record=done, folder=request.output, done_before=True, skipped=table.skipped)
    with Journal(_journal(request.output), draft.key, restart=request.target.restart) as journal:
        resumed = sum(len(entry.samples) for entry in journal.entries)
        source = _source(request.source.data, table, journal, likely=_likely(session.registry, names))
        sink = _Samples(labels, journal)
        drive(source, loaded.heads, LocalEngine(loaded), [sink], observers=observers, output=request.target.output)
        record = _finish(draft, session.registry, task, names, journal.entries, request, table)
        foreign = [
            sample.id for entry in journal.entries for sample in entry.samples if "foreign_input" in sample.flags
        ]
        journal.remove()
    return Evaluated(
        record=record,
        folder=request.output,
        resumed=resumed,
        skipped=table.skipped,
        notes=table.notes,
        foreign=tuple(foreign[:_NAMED]),
    )


def _draft(
    task: TaskSpec,
    system: System,
    loaded: LoadedSystem,
    request: EvalRequest,
    table: GoldTable,
    labels: tuple[str, ...],
) -> Record:
    """The record as far as it is known before anything is predicted; its key is complete."""
    options = {**_plain(system.options), **_plain(system.heads[0].options)}
    seed = options.pop("seed", None)
    commit, dirty = facts.commit()
    model = facts.model_of(system, loaded, request.target.name)
    return Record(
        task=task.name,
        primary=request.primary or task.primary,
        dataset=replace(request.dataset, sha256=table.sha256, n=len(table.items)),
        model=model,
        run=Run(
            seed=seed if isinstance(seed, int) else None,
            batch=_BATCH,
            decoding=options,
            limit=request.evaluation.limit,
            argv=with_dtype(request.argv, model.dtype),
            commit=commit,
            dirty=dirty,
            versions=facts.versions(),
            columns=table.columns,
        ),
        machine=facts.machine(),
        scores={},
        labels=labels,
    )


def _plain(options: Any) -> dict[str, Any]:
    """Options as JSON holds them."""
    found = asdict(options) if is_dataclass(options) and not isinstance(options, type) else {}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _done(draft: Record, request: EvalRequest) -> Record | None:
    """The record of the same evaluation, where it lies there already."""
    if not (request.output / RECORD).is_file():
        if request.output.exists():
            raise UsageError(f"{request.output} exists and is no record", hint="give another --output")
        return None
    old = read_record(request.output).record
    differences = differing(old.key, draft.key)
    if not differences and not request.target.force:
        return old
    if not request.target.force:
        listed = "\n".join(f"  {name}: it has {left}, this run has {right}" for name, left, right in differences)
        raise UsageError(
            f"{request.output} holds the record of another evaluation:\n{listed}",
            hint="--force replaces it; or give another --output",
        )
    return None


def _likely(registry: Registry, names: Sequence[str]) -> bool:
    """Whether one of some metrics reads likelihoods."""
    return any(item.spec.reads == LIKELIHOOD for item in registry.all(MetricSpec) if item.spec.name in names)


def _journal(output: Path) -> Path:
    return output.with_name(f"{output.name}.journal.jsonl")


def _source(name: str, table: GoldTable, journal: Journal, *, likely: bool) -> Source[Item]:
    """The rows that the journal does not hold yet.

    Raises:
        NlptasksError: The journal's samples are not those of the data.
    """
    blocks = list(cut(table.items, _characters, first=_BLOCK, largest=_BLOCK))
    entries = journal.entries
    for entry, items in zip(entries, blocks, strict=False):
        if [sample.id for sample in entry.samples] != [item.id for item in items]:
            raise NlptasksError(f"{journal.path}: its samples are not those of the data", hint="--restart begins anew")
    before = Totals(
        rows=sum(len(entry.samples) for entry in entries),
        tokens=sum(entry.tokens for entry in entries),
        long=sum(entry.long for entry in entries),
        cut=sum("truncated_input" in sample.flags for entry in entries for sample in entry.samples),
        blank=sum("missing" in sample.flags for entry in entries for sample in entry.samples),
    )
    return Source(
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


class _Samples:
    """The sink that makes samples of predictions, and keeps them in the journal."""

    def __init__(self, labels: tuple[str, ...], journal: Journal) -> None:
        self._labels = labels
        self._spelling = Spelling(labels)
        self._journal = journal

    def take(self, done: PredictedBlock[Item]) -> None:
        """Write a block into the journal."""
        made = done.made
        rows = zip(done.block.rows, made.by_head[0], made.unread[0], made.foreign[0], done.nats[0], strict=True)
        samples = tuple(
            _sample(
                item,
                prediction,
                unread,
                bool(foreign),
                None if nats is None else round(nats, DECIMALS),
                self._labels,
                self._spelling,
            )
            for item, prediction, unread, foreign, nats in rows
        )
        self._journal.add(
            Entry(samples=samples, seconds=round(done.seconds, 6), tokens=done.made.tokens, long=done.made.long)
        )

    def finish(self) -> None:
        """The record is made of the journal, whose blocks may be older than this process."""


def _sample(
    item: Item,
    prediction: Prediction | None,
    unread: bool,
    foreign: bool,
    nats: float | None,
    labels: tuple[str, ...],
    spelling: Spelling,
) -> Sample:
    """The sample of an item. Labels are spelt as the data spell them, where only case tells them apart."""
    answer = None if prediction is None else spelling.of(prediction.answer)
    score = getattr(prediction, "score", None)
    probabilities = None
    if isinstance(prediction, Label) and prediction.scores:
        probabilities = {spelling.of(label): round(value, DECIMALS) for label, value in prediction.scores.items()}
    state = {
        "missing": answer is None,
        "empty": answer is not None and not answer.strip(),
        "truncated_input": unread,
        "truncated_output": bool(getattr(prediction, "unfinished", False)),
        "invalid_label": bool(labels) and answer is not None and answer not in labels,
        "duplicate_id": item.twice,
        "foreign_input": foreign,
    }
    return Sample(
        id=item.id,
        inputs=dict(item.example.inputs),
        gold=item.gold,
        prediction=answer,
        score=None if score is None else round(float(score), DECIMALS),
        probabilities=probabilities,
        nats=nats,
        flags=tuple(name for name in FLAGS if state[name]),
        meta=dict(item.meta),
    )


def _finish(
    draft: Record,
    registry: Registry,
    task: TaskSpec,
    names: Sequence[str],
    entries: Sequence[Entry],
    request: EvalRequest,
    table: GoldTable,
) -> Record:
    """Score what was predicted, and write the record."""
    samples = [sample for entry in entries for sample in entry.samples]
    refuse_own_output(task, table, samples, source=request.source.data)
    cluster = draft.dataset.cluster
    scored = score_samples(
        registry,
        names,
        samples,
        labels=draft.labels,
        language=draft.dataset.language,
        cluster=cluster,
        task=task,
    )
    if not scored.scores:
        raise NlptasksError("no installed metric can read these predictions", hint="see 'nlptasks metrics list'")
    parts = slices(
        samples,
        scored.metrics,
        scored.stats,
        request.evaluation.slices,
        labels=draft.labels,
        clusters=clusters_of(samples, cluster),
        cluster=cluster,
    )
    record = replace(
        draft,
        primary=draft.primary if draft.primary in scored.scores else next(iter(scored.scores)),
        scores=scored.scores,
        slices=parts,
        flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
        cost=_cost(entries),
        withheld=request.target.withhold_texts,
    )
    if request.target.withhold_texts:
        samples = withhold(samples, record.labels)
    return write_record(request.output, record, samples, scored.stats, force=request.target.force)


def _cost(entries: Sequence[Entry]) -> Cost:
    """What the entries cost, those of earlier runs of the same evaluation included."""
    import numpy as np

    seconds = sum(entry.seconds for entry in entries)
    rows = [len(entry.samples) for entry in entries]
    each = np.repeat([1_000 * entry.seconds / len(entry.samples) for entry in entries], rows)
    rate = 1 / seconds if seconds else 0.0
    return Cost(
        seconds=round(seconds, 3),
        rows_per_second=round(sum(rows) * rate, 3),
        tokens_per_second=round(sum(entry.tokens for entry in entries) * rate, 1),
        p50_ms=round(float(np.percentile(each, 50)), 3),
        p95_ms=round(float(np.percentile(each, 95)), 3),
        peak_rss_mb=facts.peak_rss_mb(),
    )


__all__ = ["EvalRequest", "Evaluated", "evaluate"]
