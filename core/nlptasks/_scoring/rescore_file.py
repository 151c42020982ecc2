"""Makes a record of predictions that anybody's system wrote into a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.gold_rows import for_labels, read_gold_rows, refuse_own_output
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.prediction_file import (
    ID,
    FilePrediction,
    FileRequest,
    PredictionFile,
    id_column,
    read_predictions,
)
from nlptasks._scoring.score import Scored, metric_names, score_samples
from nlptasks._tables.columns import as_text, earlier_outputs, guess_gold
from nlptasks._tables.gold import GoldColumn, has_labels, parse_label_map
from nlptasks._tables.gold_samples import NO_ANSWER, NO_GOLD, REFUSED, GoldTable, Item
from nlptasks._tables.tables import read_table
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import open_input, sha256_of, split_suffix
from nlptasks.plugin.labels import LabelMatcher
from nlptasks.plugin.protocols import Row
from nlptasks.records.schema import FLAGS, Dataset, Model, Record, Run, Sample, withhold
from nlptasks.text.display import left_out, one_line

#: Ids that a message quotes.
_QUOTED = 5


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
    names = metric_names(registry, request.task, request.own_metrics, request.primary, request.metrics)
    table, language = _gold(registry, request, given, names)
    notes = [f"predictions: column '{given.column}'; gold answers: column '{table.columns['gold']}'"]
    if given.score:
        notes.append(f"probabilities: column '{given.score}'")
    if given.nll:
        notes.append(f"likelihoods: column '{given.nll}'")
    notes += table.notes
    notes += _check(registry, request, given, table)
    source = request.source.data or request.predictions
    table, labels = _with_labels(request, given, table)
    notes += left_out(table.skipped)
    samples = tuple(_samples(request, given, table, labels))
    _check_labels(request, given, table, samples, labels)
    refuse_own_output(request.task, table, samples, source=source)
    known = request.dataset or Dataset(name=split_suffix(source)[0], sha256="", n=0)
    dataset = replace(known, language=language)
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
    covered = sum(sample.prediction is not None for sample in samples)
    record = _record(request, replace(dataset, sha256=table.sha256, n=len(samples)), table, samples, scored, labels)
    if request.withhold:
        samples = tuple(withhold(samples, labels))
    return FileScored(record=record, samples=samples, scored=scored, covered=covered, notes=tuple(notes))


def _gold(
    registry: Registry, request: FileRequest, given: PredictionFile, names: Sequence[str]
) -> tuple[GoldTable, str]:
    """The rows with gold answers, from the file of their own or from beside the predictions, and their language."""
    columns = _columns(registry, request, request.source.data) if request.source.data else given.columns
    taken = () if request.source.data else (given.column, given.id, given.score, given.nll)
    gold = request.source.gold or _gold_column(request, columns, taken)
    id_ = id_column(request, columns, request.source.data) if request.source.data else given.id
    numbered = given.id and not id_ and all(map(str.isdecimal, given.answers))  # rows are told apart by their numbers
    if request.source.data and bool(id_) != bool(given.id) and not numbered:
        with_, without = (
            (request.source.data, request.predictions) if id_ else (request.predictions, request.source.data)
        )
        raise UsageError(
            f"{with_} has ids and {without} has none, so their rows cannot be matched",
            hint="--id COLUMN names the column of the ids in both files",
        )
    file = request.source.data or request.predictions
    reading = request.reading(registry, file)
    wanted = replace(request.source, data=file, gold=gold, id=id_, reading=reading)
    language = request.dataset.language if request.dataset else ""
    try:
        table, language = read_gold_rows(
            registry, request.task, wanted, names, language=language, meta=request.meta, outputs=taken
        )
    except UsageError:
        # Predictions often stand without what they answer: it is shown where it is there, and scores do not need it.
        bare = replace(request.task, inputs=())
        table, language = read_gold_rows(registry, bare, wanted, names, language=language, meta=request.meta)
    return replace(table, guessed=not request.source.gold), language


def _columns(registry: Registry, request: FileRequest, file: str) -> tuple[str, ...]:
    with open_input(file) as source:
        options = request.reading(registry, file)
        return read_table(registry, source, name=request.source.format, options=options).columns


def _gold_column(request: FileRequest, columns: Sequence[str], taken: Sequence[str]) -> str:
    """The first of the gold column's names that is free: the predictions' column is never its own gold."""
    if found := guess_gold(request.task, columns, taken):
        return found
    earlier = [name for name in earlier_outputs(request.task, columns) if name not in taken]
    if earlier:
        raise UsageError(
            f"{request.source.data or request.predictions}: no gold column for the task '{request.task.name}'; "
            f"{', '.join(map(repr, earlier))} seem to hold what an earlier run predicted",
            hint=f"name the gold column with --gold COLUMN; --gold '{earlier[0]}' takes these as gold answers",
        )
    raise UsageError(
        f"{request.source.data or request.predictions}: no gold column for the task '{request.task.name}' among "
        f"{', '.join(map(repr, columns))}",
        hint="name it with --gold COLUMN, or give the file that has it with --data; "
        f"it holds {request.task.gold.summary}",
    )


# ------------------------------------------------------------------ joining


def _check(registry: Registry, request: FileRequest, given: PredictionFile, table: GoldTable) -> Iterator[str]:
    """Whether each row has one prediction and each prediction a row; what is not so is refused, or told."""
    ids = {item.id for item in table.items}
    rows = len(table.items) + sum(table.skipped.get(reason, 0) for reason in (NO_GOLD, NO_ANSWER, REFUSED))
    if request.source.data and not given.id and given.rows != rows:
        raise UsageError(
            f"{request.predictions} has {given.rows:,} rows and {request.source.data} has {rows:,}; without ids, rows "
            "are matched by their order, so their numbers must be equal",
            hint="write the ids of the data beside the predictions, in a column 'id'",
        )
    surplus = [name for name in given.answers if name not in ids] if request.source.data and given.id else []
    if surplus and rows > len(table.items):
        ungraded = _ids(registry, request, given.id)
        surplus = [name for name in surplus if name not in ungraded]
    missing = [item.id for item in table.items if not _answered(given, item)]
    twice = dict.fromkeys((*given.twice, *(item.id for item in table.items if item.twice)))
    problems = {
        f"{len(missing):,} of {len(table.items):,} rows have no prediction": missing,
        f"{len(surplus):,} of {given.rows:,} predictions have no row": surplus,
        f"{len(twice):,} of the ids stand there more than once": list(twice),
    }
    found = [f"{text}: {_listed(names)}" for text, names in problems.items() if names]
    if found and not request.partial:
        raise UsageError(
            f"{request.predictions}: " + "\n".join(found),
            hint="a score on a part of the rows is not one on all of them; --partial scores a missing prediction as an "
            "empty one, leaves surplus ones out, takes the first of several, and marks the record",
        )
    yield from found


def _answered(given: PredictionFile, item: Item) -> bool:
    answer = given.answers.get(item.id)
    return answer is not None and answer.text is not None


def _ids(registry: Registry, request: FileRequest, column: str) -> set[str]:
    """All ids of the data, those of rows without a gold answer too."""
    with open_input(request.source.data) as source:
        options = request.reading(registry, request.source.data)
        table = read_table(registry, source, name=request.source.format, options=options)
        name = column if column in table.columns else ID
        if name not in table.columns:
            return {str(number) for number, _ in enumerate(table.rows, 1)}
        at = table.columns.index(name)
        return {as_text(row.cells[at]).strip() for row in table.rows if isinstance(row, Row)}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:_QUOTED])
    return shown if len(names) <= _QUOTED else f"{shown}, ..."


def _with_labels(request: FileRequest, given: PredictionFile, table: GoldTable) -> tuple[GoldTable, tuple[str, ...]]:
    """The rows that can be scored, and the closed set of labels."""
    if not has_labels(request.task):
        if request.labels or request.source.label_map:
            flag = "--labels" if request.labels else "--label-map"
            raise UsageError(
                f"the predictions of the task '{request.task.name}' are texts and no labels", hint=f"leave out {flag}"
            )
        return table, ()
    if not request.labels:
        table = _two_classes(request, given, table)
        return table, label_set(item.gold for item in table.items)
    matcher = LabelMatcher(request.labels)
    found = [(item, matcher.find(item.gold)) for item in table.items]
    items = tuple(replace(item, gold=label) for item, label in found if label is not None)
    if not items:
        raise DataError(
            request.source.data or request.predictions,
            "no gold answer is among --labels",
            hint="see what the gold column has",
        )
    left = len(table.items) - len(items)
    skipped = {**table.skipped, "their gold answer is not among --labels": left} if left else table.skipped
    return replace(table, items=items, skipped=skipped), tuple(sorted(request.labels))


def _two_classes(request: FileRequest, given: PredictionFile, table: GoldTable) -> GoldTable:
    """The rows without middle ratings, where no prediction is in the middle: those are no mistakes of two classes."""
    reader = _PredictionReader(request, given, table, tuple(sorted({item.gold for item in table.items})))
    said = {reader.read(answer.text) for answer in given.answers.values() if answer.text}
    golds = {item.gold for item in table.items}
    return for_labels(table, sorted(said), source=request.predictions, who="the system") if said & golds else table


def _check_labels(
    request: FileRequest, given: PredictionFile, table: GoldTable, samples: Sequence[Sample], labels: tuple[str, ...]
) -> None:
    """Refuse predictions none of which is a label: a score of 0 would say nothing about the system."""
    said = sorted({sample.prediction for sample in samples if sample.prediction and sample.prediction.strip()})
    if labels and said and not set(said) & set(labels):
        raise DataError(
            request.predictions,
            f"no prediction in the column '{given.column}' is a label: it has {_listed(list(map(repr, said)))}, and "
            f"the labels in the gold column '{table.columns['gold']}' are {_listed(list(map(repr, labels)))}",
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
            "missing": text is None,
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


def _record(
    request: FileRequest,
    dataset: Dataset,
    table: GoldTable,
    samples: Sequence[Sample],
    scored: Scored,
    labels: tuple[str, ...],
) -> Record:
    primary = request.primary or request.task.primary
    return Record(
        task=request.task.name,
        primary=primary if primary in scored.scores else next(iter(scored.scores)),
        dataset=dataset,
        model=Model(name=request.model or split_suffix(request.predictions)[0]),
        run=Run(
            # The predictions come from nowhere that is known here, so their file stands for what decided them.
            decoding={"predictions": sha256_of(Path(request.predictions))},
            argv=request.argv,
            columns=dict(table.columns),
        ),
        scores=scored.scores,
        labels=labels,
        flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
        withheld=request.withhold,
    )
