"""Makes a record of predictions that anybody's system wrote into a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._exchange.lm_eval_samples import task_of
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.joining import check, joined, listed
from nlptasks._scoring.from_file.prediction_file import FilePrediction, FileRequest, PredictionFile, read_predictions
from nlptasks._scoring.gold_rows import for_labels, refuse_own_output
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.metrics import owners_of_metrics
from nlptasks._scoring.score import Scored, metric_names, score_samples
from nlptasks._tables.gold import GoldColumn, has_labels, parse_label_map
from nlptasks._tables.gold_samples import GoldTable
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import sha256_of, split_suffix
from nlptasks.plugin.labels import LabelMatcher
from nlptasks.records.digests import withhold
from nlptasks.records.schema import FLAGS, Dataset, Model, Record, Run, Sample
from nlptasks.text.display import left_out


@dataclass(frozen=True, kw_only=True)
class FileScored:
    """Scored predictions.

    Args:
        record: The record, at V1.
        samples: Its samples.
        scored: Its scores with their matrices.
        covered: Samples that have a prediction.
        notes: What was detected and left out, a line each.
    """

    record: Record
    samples: tuple[Sample, ...]
    scored: Scored
    covered: int
    notes: tuple[str, ...]


def score_file(registry: Registry, request: FileRequest) -> FileScored:
    """Join predictions with gold answers, and score them.

    Raises:
        UsageError: A column is not there or could be several, or predictions are missing, surplus or repeated.
        DataError: A row cannot be read, or none has a gold answer.
    """
    given = read_predictions(registry, request)
    names = metric_names(
        registry, request.task, request.data.own_metrics, request.data.primary, request.evaluation.metrics
    )
    table, given, language = joined(registry, request, given, names)
    notes = [f"predictions: column '{given.column}'; gold answers: column '{table.columns['gold']}'"]
    if given.score:
        notes.append(f"probabilities: column '{given.score}'")
    if given.nll:
        notes.append(f"likelihoods: column '{given.nll}'")
    notes += dict.fromkeys((*given.notes, *table.notes))
    notes += check(registry, request, given, table)
    source = request.gold_file
    table, labels = _with_labels(request, given, table)
    notes += left_out(table.skipped)
    samples = tuple(_samples(request, given, table, labels))
    _refuse_invalid(request, given, table, samples, labels)
    refuse_own_output(request.task, table, samples, source=source)
    stem = split_suffix(source)[0]
    known = request.data.dataset
    dataset = replace(known, name=known.name or task_of(stem) or stem, language=language)
    scored = score_samples(
        registry,
        names,
        samples,
        labels=labels,
        language=dataset.language,
        cluster=dataset.cluster,
        task=request.task,
    )
    if not scored.scores:
        raise UsageError("none of the task's metrics is installed", hint="see 'nlptasks metrics list'")
    covered = sum("missing" not in sample.flags for sample in samples)
    record = _record(request, replace(dataset, sha256=table.sha256, n=len(samples)), table, samples, scored, labels)
    plugins = owners_of_metrics(registry, scored.scores, request.task.name)
    record = replace(record, run=replace(record.run, plugins=plugins))
    if request.target.withhold_texts:
        samples = tuple(withhold(samples, labels))
    return FileScored(record=record, samples=samples, scored=scored, covered=covered, notes=tuple(notes))


def _with_labels(request: FileRequest, given: PredictionFile, table: GoldTable) -> tuple[GoldTable, tuple[str, ...]]:
    """The rows that can be scored, and the closed set of labels."""
    if not has_labels(request.task):
        if request.predictions.labels or request.source.label_map:
            flag = "--labels" if request.predictions.labels else "--label-map"
            raise UsageError(
                f"the predictions of the task '{request.task.name}' are texts and no labels", hint=f"leave out {flag}"
            )
        return table, ()
    if not request.predictions.labels:
        table = _two_classes(request, given, table)
        return table, label_set(item.gold for item in table.items)
    matcher = LabelMatcher(request.predictions.labels)
    found = [(item, matcher.find(item.gold)) for item in table.items]
    items = tuple(replace(item, gold=label) for item, label in found if label is not None)
    if not items:
        raise DataError(
            request.gold_file,
            "no gold answer is among --labels",
            hint="see what the gold column has",
        )
    left = len(table.items) - len(items)
    skipped = {**table.skipped, "their gold answer is not among --labels": left} if left else table.skipped
    return replace(table, items=items, skipped=skipped), tuple(sorted(request.predictions.labels))


def _two_classes(request: FileRequest, given: PredictionFile, table: GoldTable) -> GoldTable:
    """The rows without middle ratings, where no prediction is in the middle: those are no mistakes of two classes."""
    reader = _PredictionReader(request, given, table, tuple(sorted({item.gold for item in table.items})))
    said = {reader.read(answer.text) for answer in given.answers.values() if answer.text}
    golds = {item.gold for item in table.items}
    return for_labels(table, sorted(said), source=request.file, who="the system") if said & golds else table


def _refuse_invalid(
    request: FileRequest, given: PredictionFile, table: GoldTable, samples: Sequence[Sample], labels: tuple[str, ...]
) -> None:
    """Refuse predictions none of which is one: a score of 0 would say nothing about the system."""
    blank = all(not (sample.prediction or "").strip() and sample.nll is None for sample in samples)
    if blank and all(sample.gold.strip() not in ("", "[]") for sample in samples):
        raise DataError(
            request.file,
            f"all predictions in the column '{given.column}' are empty, and no gold answer is",
            hint="--prediction COLUMN names another column",
        )
    said = sorted({sample.prediction for sample in samples if sample.prediction and sample.prediction.strip()})
    if labels and said and not set(said) & set(labels):
        raise DataError(
            request.file,
            f"no prediction in the column '{given.column}' is a label: it has {listed(list(map(repr, said)))}, and "
            f"the labels in the gold column '{table.columns['gold']}' are {listed(list(map(repr, labels)))}",
            hint='--prediction and --gold name other columns; --label-map "old=new,..." says which label is which',
        )


def _samples(
    request: FileRequest, given: PredictionFile, table: GoldTable, labels: tuple[str, ...]
) -> Iterator[Sample]:
    reader = _PredictionReader(request, given, table, labels)
    for item in table.items:
        answer = given.answers.get(item.id, FilePrediction())
        text = None if answer.text is None else reader.read(answer.text)
        state = {
            "missing": text is None and answer.nll is None,
            "empty": text is not None and not text.strip(),
            "invalid_label": bool(labels) and text is not None and text not in labels,
            "duplicate_id": item.twice or item.id in given.twice,
        }
        yield Sample(
            id=item.id,
            inputs=dict(item.example.inputs),
            gold=item.gold,
            prediction=text,
            score=answer.score,
            nll=answer.nll,
            meta=dict(item.meta),
            flags=tuple(name for name in FLAGS if state.get(name)),
        )


class _PredictionReader:
    """Reads predictions: a label as gold labels are read (``1`` or ``POS`` for ``positive``), other text as it is."""

    def __init__(self, request: FileRequest, given: PredictionFile, table: GoldTable, labels: tuple[str, ...]) -> None:
        self._labelled = bool(labels)
        self._matcher = LabelMatcher(labels)
        # What a number stands for is told by all of them: a system that only ever says 1 does not say it alone.
        texts = (answer.text.strip() for answer in given.answers.values() if answer.text)
        cells = [*(item.text.strip() for item in table.items), *texts] if labels else []
        self._gold = GoldColumn(
            request.task,
            table.columns["gold"],
            cells,
            label_map=parse_label_map(request.source.label_map),
            labels=labels,
        )
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        """The canonical prediction in a cell."""
        if not self._labelled:
            return text
        if text not in self._known:
            self._known[text] = self._label(text.strip())
        return self._known[text]

    def _label(self, text: str) -> str:
        found = self._matcher.find(text)
        if found is None and text:
            found = self._gold.read(text)
        return text if found is None else found


def _named_after(file: str) -> str:
    """What the system is called by the file of its predictions; lm-evaluation-harness names the folder after it."""
    stem = split_suffix(file)[0]
    return (task_of(stem) and Path(file).resolve().parent.name) or stem


def _record(
    request: FileRequest,
    dataset: Dataset,
    table: GoldTable,
    samples: Sequence[Sample],
    scored: Scored,
    labels: tuple[str, ...],
) -> Record:
    primary = request.data.primary or request.task.primary
    return Record(
        task=request.task.name,
        primary=primary if primary in scored.scores else next(iter(scored.scores)),
        dataset=dataset,
        model=Model(name=request.target.name or _named_after(request.file)),
        run=Run(
            # The predictions come from nowhere that is known here, so their file stands for what decided them.
            decoding={"predictions": sha256_of(Path(request.file))},
            argv=request.argv,
            columns=dict(table.columns),
        ),
        scores=scored.scores,
        labels=labels,
        flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
        withheld=request.target.withhold_texts,
    )
