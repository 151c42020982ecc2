"""Makes a record of predictions that anybody's system wrote into a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.labels import label_set
from nlptasks._scoring.prediction_file import ID, FilePrediction, FileRequest, Given, id_column, read_predictions
from nlptasks._scoring.score import Scored, metric_names, score_samples
from nlptasks._settings.groups import TableSource
from nlptasks._tables.columns import as_text, gold_reader, guess_gold
from nlptasks._tables.gold_samples import GoldTable, Item, read_gold_table
from nlptasks._tables.tables import read_table
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import open_input, sha256_of, split_suffix
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.predictions import Label
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
    table = _gold(registry, request, given)
    notes = [f"predictions: column '{given.column}'; gold answers: column '{table.columns['gold']}'"]
    if given.score:
        notes.append(f"probabilities: column '{given.score}'")
    if given.nats:
        notes.append(f"likelihoods: column '{given.nats}'")
    notes += left_out(table.skipped)
    notes += _check(registry, request, given, table)
    table, labels, unknown = _with_labels(request, table)
    if unknown:
        notes += left_out({"their gold answer is not among --labels": unknown})
    samples = tuple(_samples(request.task, given, table, labels))
    dataset = request.dataset or Dataset(name=split_suffix(request.data or request.predictions)[0], sha256="", n=0)
    scored = score_samples(
        registry,
        metric_names(registry, request.task, request.own_metrics, request.primary, request.metrics),
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


def _gold(registry: Registry, request: FileRequest, given: Given) -> GoldTable:
    """The rows with gold answers, from the file of their own or from beside the predictions."""
    columns = _columns(registry, request, request.data) if request.data else given.columns
    taken = () if request.data else (given.column, given.id, given.score, given.nats)
    gold = request.gold or _gold_column(request, columns, taken)
    id_ = id_column(request, columns, request.data) if request.data else given.id
    numbered = given.id and not id_ and all(map(str.isdecimal, given.answers))  # rows are told apart by their numbers
    if request.data and bool(id_) != bool(given.id) and not numbered:
        with_, without = (request.data, request.predictions) if id_ else (request.predictions, request.data)
        raise UsageError(
            f"{with_} has ids and {without} has none, so their rows cannot be matched",
            hint="--id COLUMN names the column of the ids in both files",
        )
    wanted = TableSource(
        data=request.data or request.predictions,
        format=request.data_format,
        columns=request.columns,
        gold=gold,
        id=id_,
        reading=request.reading,
        skip_bad_rows=request.skip_bad_rows,
    )
    try:
        return read_gold_table(registry, request.task, wanted, meta=request.meta)
    except UsageError:
        # Predictions often stand without what they answer: it is shown where it is there, and scores do not need it.
        return read_gold_table(registry, replace(request.task, inputs=()), wanted, meta=request.meta)


def _columns(registry: Registry, request: FileRequest, file: str) -> tuple[str, ...]:
    with open_input(file) as source:
        return read_table(registry, source, name=request.data_format, options=request.reading).columns


def _gold_column(request: FileRequest, columns: Sequence[str], taken: Sequence[str]) -> str:
    """The first of the gold column's names that is free: the predictions' column is never its own gold."""
    if found := guess_gold(request.task, columns, taken):
        return found
    raise UsageError(
        f"{request.data or request.predictions}: no gold column for the task '{request.task.name}' among "
        f"{', '.join(map(repr, columns))}",
        hint="name it with --gold COLUMN, or give the file that has it with --data; "
        f"it holds {request.task.gold.summary}",
    )


# ------------------------------------------------------------------ joining


def _check(registry: Registry, request: FileRequest, given: Given, table: GoldTable) -> Iterator[str]:
    """Whether each row has one prediction and each prediction a row; what is not so is refused, or told."""
    ids = {item.id for item in table.items}
    rows = len(table.items) + table.skipped.get("no gold answer that is known", 0)
    if request.data and not given.id and given.rows != rows:
        raise UsageError(
            f"{request.predictions} has {given.rows:,} rows and {request.data} has {rows:,}; without ids, rows are "
            "matched by their order, so their numbers must be equal",
            hint="write the ids of the data beside the predictions, in a column 'id'",
        )
    surplus = [name for name in given.answers if name not in ids] if request.data and given.id else []
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
            "empty answer, leaves surplus ones out, takes the first of several, and marks the record",
        )
    yield from found


def _answered(given: Given, item: Item) -> bool:
    answer = given.answers.get(item.id)
    return answer is not None and answer.text is not None


def _ids(registry: Registry, request: FileRequest, column: str) -> set[str]:
    """All ids of the data, those of rows without a gold answer too."""
    with open_input(request.data) as source:
        table = read_table(registry, source, name=request.data_format, options=request.reading)
        name = column if column in table.columns else ID
        if name not in table.columns:
            return {str(number) for number, _ in enumerate(table.rows, 1)}
        at = table.columns.index(name)
        return {as_text(row.cells[at]).strip() for row in table.rows if isinstance(row, Row)}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:_QUOTED])
    return shown if len(names) <= _QUOTED else f"{shown}, ..."


def _with_labels(request: FileRequest, table: GoldTable) -> tuple[GoldTable, tuple[str, ...], int]:
    """The rows that can be scored, the closed set of labels, and how many rows were left out."""
    if not _is_label(request.task):
        if request.labels:
            raise UsageError(
                f"the answers of the task '{request.task.name}' are texts and no labels", hint="leave out --labels"
            )
        return table, (), 0
    if not request.labels:
        return table, label_set(item.gold for item in table.items), 0
    spelling = {label.casefold(): label for label in request.labels}
    items = tuple(
        replace(item, gold=spelling[item.gold.casefold()]) for item in table.items if item.gold.casefold() in spelling
    )
    if not items:
        raise DataError(
            request.data or request.predictions, "no gold answer is among --labels", hint="see what the gold column has"
        )
    return replace(table, items=items), tuple(sorted(request.labels)), len(table.items) - len(items)


def _is_label(task: TaskSpec) -> bool:
    found = resolve(task.prediction)
    return isinstance(found, type) and issubclass(found, Label)


def _samples(task: TaskSpec, given: Given, table: GoldTable, labels: tuple[str, ...]) -> Iterator[Sample]:
    reader = _Reader(task, given, table, labels)
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
            nats=answer.nats,
            meta=dict(item.meta),
            flags=tuple(name for name in FLAGS if state.get(name)),
        )


class _Reader:
    """Reads predictions: a label as gold labels are read (``1`` or ``POS`` for ``positive``), other text as it is."""

    def __init__(self, task: TaskSpec, given: Given, table: GoldTable, labels: tuple[str, ...]) -> None:
        self._spelling = {label.casefold(): label for label in labels}
        self._read = gold_reader(task) if labels and task.read_gold else None
        self._column = table.columns["gold"]
        # What a number stands for is told by all of them: a system that only ever says 1 does not say it alone.
        texts = (answer.text.strip() for answer in given.answers.values() if answer.text)
        self._cells = frozenset([*(item.text.strip() for item in table.items), *texts]) if self._read else frozenset()
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        """The canonical prediction in a cell."""
        if not self._spelling:
            return text
        if text not in self._known:
            self._known[text] = self._label(text.strip())
        return self._known[text]

    def _label(self, text: str) -> str:
        found = self._spelling.get(text.casefold())
        if found is None and self._read and text:
            read = self._read(self._column, text, self._cells)
            found = self._spelling.get(read.casefold(), read) if read else None
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
