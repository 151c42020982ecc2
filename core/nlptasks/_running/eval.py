"""An evaluation: from a file with gold answers to a record, through a journal that survives a kill.

The rows are answered in blocks that depend on nothing but the data, so that an evaluation that was killed and goes on
makes the same batches, and with them the same bytes, as one that was not.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any

from nlptasks._plugins.observers import Observers
from nlptasks._plugins.registry import Registry
from nlptasks._running import facts
from nlptasks._running.journal import Block, Journal, differing
from nlptasks._running.predict import check_frozen, likelihoods, predict
from nlptasks._scoring.gold_rows import for_labels, read_gold_rows, refuse_own_output
from nlptasks._scoring.score import metric_names, score_samples
from nlptasks._scoring.slices import slices
from nlptasks._scoring.spelling import Spelling
from nlptasks._systems.session import Opened, Plan, Session
from nlptasks._tables.gold_samples import GoldRequest, GoldTable, Item
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin import LIKELIHOOD, MetricSpec, TaskSpec
from nlptasks.plugin.events import BatchFinished, RunFailed, RunFinished, RunStarted
from nlptasks.plugin.predictions import DECIMALS, Label
from nlptasks.plugin.protocols import Prediction
from nlptasks.records.schema import FLAGS, Cost, Dataset, Record, Run, Sample, withhold
from nlptasks.records.store import RECORD, read_record, write_record
from nlptasks.text.display import one_line

#: Rows of a block, and characters at which it ends early.
_BLOCK, _BLOCK_CHARACTERS = 256, 1_000_000

_BATCH = f"blocks of {_BLOCK} rows, batches by length within a token budget"


@dataclass(frozen=True, kw_only=True)
class EvalRequest:
    """What to evaluate.

    Args:
        table: What to read.
        output: Folder of the record.
        dataset: What is known of the data beforehand; the hash and the number of samples are filled in.
        name: What boards call the system; empty: its backbone and its head.
        metrics: Names of further metrics; they are added to the task's.
        own_metrics: Names of the metrics in place of the task's; empty: the task's.
        primary: The metric that ranks systems; empty: the task's.
        slices: What to score apart; see :mod:`nlptasks._scoring.slices`.
        force: Whether another record that lies there is replaced.
        restart: Whether a journal that another evaluation left is thrown away.
        withhold: Whether the texts of the data are kept out of the record; see
            :func:`nlptasks.records.schema.withhold`.
        device: See :class:`nlptasks.plugin.protocols.BackboneContext`.
        dtype: The same.
        argv: The command that makes the record again.
    """

    table: GoldRequest
    output: Path
    dataset: Dataset
    name: str = ""
    metrics: tuple[str, ...] = ()
    own_metrics: tuple[str, ...] = ()
    primary: str = ""
    slices: tuple[str, ...] = ()
    force: bool = False
    restart: bool = False
    withhold: bool = False
    device: str = "auto"
    dtype: str = "auto"
    argv: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation came to.

    Args:
        record: The record.
        folder: Where it lies.
        resumed: Samples that a journal held already.
        done_before: Whether the same record lay there, so that nothing was left to do.
        skipped: Why rows were left out, and how many.
        notes: What was detected about the data.
    """

    record: Record
    folder: Path
    resumed: int = 0
    done_before: bool = False
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def evaluate(session: Session, plan: Plan, request: EvalRequest, observers: Observers) -> Evaluation:
    """Evaluate the one task of a plan, and leave a record.

    Raises:
        UsageError: A column or a metric is not there, or another record or journal lies in the way.
        DataError: A row cannot be read, or none has a gold answer.
        NlptasksError: The disk is full, or a head failed.
    """
    task = plan.tasks[0].task
    names = metric_names(session.registry, task, request.own_metrics, request.primary, request.metrics)
    known = request.dataset
    table, language = read_gold_rows(session.registry, task, request.table, names, language=known.language)
    request = replace(request, dataset=replace(known, language=language))
    opened = session.open(plan, device=request.device, dtype=request.dtype)
    table = for_labels(table, opened.tasks[0].head.labels, source=request.table.data)
    labels = _labels(opened, table)
    draft = _draft(task, plan, opened, request, table, labels)
    if done := _done(draft, request):
        return Evaluation(record=done, folder=request.output, done_before=True, skipped=table.skipped)
    with Journal(_journal(request.output), draft.key, restart=request.restart) as journal:
        resumed = sum(len(block.samples) for block in journal.blocks)
        _Answering(opened, table, labels, _likely(session.registry, names), journal, observers, request).run()
        record = _finish(draft, session.registry, task, names, journal.blocks, request, table)
        journal.remove()
    return Evaluation(record=record, folder=request.output, resumed=resumed, skipped=table.skipped, notes=table.notes)


def _labels(opened: Opened, table: GoldTable) -> tuple[str, ...]:
    """The closed set of answers: the data's and not the head's, so that systems on the same data share it."""
    return tuple(sorted({item.gold for item in table.items})) if opened.tasks[0].head.labels else ()


def _draft(
    task: TaskSpec, plan: Plan, opened: Opened, request: EvalRequest, table: GoldTable, labels: tuple[str, ...]
) -> Record:
    """The record as far as it is known before anything is answered; its key is complete."""
    options = {**_plain(plan.options), **_plain(plan.tasks[0].options)}
    seed = options.pop("seed", None)
    commit, dirty = facts.commit()
    return Record(
        task=task.name,
        primary=request.primary or task.primary,
        dataset=replace(request.dataset, sha256=table.sha256, n=len(table.items)),
        model=facts.model_of(plan, opened, request.name),
        run=Run(
            seed=seed if isinstance(seed, int) else None,
            batch=_BATCH,
            decoding=options,
            limit=request.table.limit,
            argv=request.argv,
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
    if not differences and not request.force:
        return old
    if not request.force:
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


@dataclass
class _Answering:
    """Answers what the journal does not hold yet."""

    opened: Opened
    table: GoldTable
    labels: tuple[str, ...]
    likely: bool
    journal: Journal
    observers: Observers
    request: EvalRequest
    rows: int = 0
    started: float = 0.0

    def run(self) -> None:
        """Go through the blocks, telling observers how it goes."""
        self.started = time.perf_counter()
        total = len(self.table.items)
        self.observers.send(
            RunStarted(
                tasks=(self.opened.tasks[0].task.name,),
                source=self.request.table.data,
                output=str(self.request.output),
                rows=total,
                bytes=None,
                interactive=sys.stderr.isatty(),
            )
        )
        try:
            for at, items in enumerate(_blocks(self.table.items)):
                if at < len(self.journal.blocks):
                    self._check(self.journal.blocks[at], items)
                else:
                    self._answer(items)
                self.rows += len(items)
            check_frozen(self.opened)
        except BaseException as error:
            self.observers.send(RunFailed(rows=self.rows, error=one_line(f"{type(error).__name__}: {error}")))
            raise
        seconds = time.perf_counter() - self.started
        self.observers.send(RunFinished(rows=total, seconds=seconds, output=str(self.request.output), outcome={}))

    def _answer(self, items: Sequence[Item]) -> None:
        """Answer a block and write it into the journal."""
        began = time.perf_counter()
        head, examples = self.opened.tasks[0], [item.example for item in items]
        answers = predict((head,), self.opened.backbone, [examples], progress=self._progress(len(items)))
        nats, spelling = self._likelihoods(items), Spelling(self.labels)
        samples = [
            _sample(item, prediction, unread, value, self.labels, spelling)
            for item, prediction, unread, value in zip(
                items, answers.predictions[0], answers.unread[0], nats, strict=True
            )
        ]
        seconds = round(time.perf_counter() - began, 6)
        self.journal.add(Block(samples=tuple(samples), seconds=seconds, tokens=answers.tokens))

    def _likelihoods(self, items: Sequence[Item]) -> list[float | None]:
        """How probable the gold texts are to the head, where a metric reads that and the head can tell."""
        if not self.likely:
            return [None] * len(items)
        # The text as it stands in the table: a language model also expects the space before a continuation.
        texts = [item.text for item in items]
        nats = likelihoods(self.opened.tasks[0], [item.example for item in items], texts)
        return [None] * len(items) if nats is None else [round(value, DECIMALS) for value in nats]

    def _check(self, block: Block, items: Sequence[Item]) -> None:
        if [sample.id for sample in block.samples] != [item.id for item in items]:
            raise NlptasksError(
                f"{self.journal.path}: its samples are not those of the data", hint="--restart begins anew"
            )

    def _progress(self, rows: int) -> Callable[[float, int], None]:
        def tell(share: float, tokens: int) -> None:
            self.observers.send(
                BatchFinished(
                    rows=self.rows + int(share * rows),
                    bytes_read=0,
                    tokens=tokens,
                    seconds=time.perf_counter() - self.started,
                )
            )

        return tell


def _blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = characters = 0
    for at, item in enumerate(items):
        characters += sum(map(len, item.example.inputs.values()))
        if at + 1 - start == _BLOCK or characters >= _BLOCK_CHARACTERS:
            yield items[start : at + 1]
            start, characters = at + 1, 0
    if start < len(items):
        yield items[start:]


def _sample(
    item: Item,
    prediction: Prediction | None,
    unread: bool,
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
    blocks: Sequence[Block],
    request: EvalRequest,
    table: GoldTable,
) -> Record:
    """Score what was answered, and write the record."""
    samples = [sample for block in blocks for sample in block.samples]
    refuse_own_output(task, table, samples, source=request.table.data)
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
        raise NlptasksError("no installed metric can read these answers", hint="see 'nlptasks metrics list'")
    parts = slices(
        samples,
        scored.metrics,
        scored.stats,
        request.slices,
        labels=draft.labels,
        clusters=[sample.meta[cluster] for sample in samples] if cluster else None,
        cluster=cluster,
    )
    record = replace(
        draft,
        primary=draft.primary if draft.primary in scored.scores else next(iter(scored.scores)),
        scores=scored.scores,
        slices=parts,
        flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
        cost=_cost(blocks),
        withheld=request.withhold,
    )
    if request.withhold:
        samples = withhold(samples, record.labels)
    return write_record(request.output, record, samples, scored.stats, force=request.force)


def _cost(blocks: Sequence[Block]) -> Cost:
    """What the blocks cost, those of earlier runs of the same evaluation included."""
    import numpy as np

    seconds = sum(block.seconds for block in blocks)
    rows = [len(block.samples) for block in blocks]
    each = np.repeat([1_000 * block.seconds / len(block.samples) for block in blocks], rows)
    rate = 1 / seconds if seconds else 0.0
    return Cost(
        seconds=round(seconds, 3),
        rows_per_second=round(sum(rows) * rate, 3),
        tokens_per_second=round(sum(block.tokens for block in blocks) * rate, 1),
        p50_ms=round(float(np.percentile(each, 50)), 3),
        p95_ms=round(float(np.percentile(each, 95)), 3),
        peak_rss_mb=facts.peak_rss_mb(),
    )


__all__ = ["EvalRequest", "Evaluation", "evaluate"]
