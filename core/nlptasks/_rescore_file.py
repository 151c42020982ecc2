"""Makes a record of predictions that anybody's system wrote into a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from nlptasks._columns import as_text
from nlptasks._gold_samples import GoldRequest, GoldTable, Item, read_gold_table
from nlptasks._names import nearest, resolve
from nlptasks._registry import Registry
from nlptasks._rescore import Scored, score_samples
from nlptasks._tables import read_table
from nlptasks._text import one_line
from nlptasks.contracts import FormatOptions, Row
from nlptasks.errors import DataError, UsageError
from nlptasks.files import open_input, sha256_of, split_suffix
from nlptasks.plugin import MetricSpec, TaskSpec
from nlptasks.predictions import DECIMALS, Label
from nlptasks.records import FLAGS, Dataset, Model, Record, Run, Sample

#: Names under which people keep predictions, beside the task's output column.
_PREDICTION = ("prediction", "predicted", "predictions", "pred", "hypothesis", "system", "answer", "output", "response")

#: Ids that a message quotes.
_QUOTED = 5

_ID = "id"


@dataclass(frozen=True, kw_only=True)
class FileRequest:
    """What to score.

    Args:
        predictions: The file with the predictions.
        task: The task that they are answers to.
        data: The file with the gold answers; empty: they stand beside the predictions.
        gold: Gold column; empty: by its name.
        prediction: Column of the predictions; empty: by its name.
        id: Column of the ids, in both files; empty: ``id`` where they have it, else the rows' numbers.
        score: Column of the predictions' probabilities; empty: by the name of the predictions' column.
        model: What boards call the system; empty: by the file.
        labels: The closed set of answers; empty: the gold answers, where the task's answers are labels.
        language: ISO 639-1 code of the language of the answers; empty: not known.
        metrics: Names of further metrics.
        partial: Whether missing, surplus and repeated predictions are counted and not refused.
        data_format: Name of the files' format; empty: by suffix.
        reading: How to read the tables.
        skip_bad_rows: Whether rows that cannot be read are left out.
        argv: The command that makes the record again.
    """

    predictions: str
    task: TaskSpec
    data: str = ""
    gold: str = ""
    prediction: str = ""
    id: str = ""
    score: str = ""
    model: str = ""
    labels: tuple[str, ...] = ()
    language: str = ""
    metrics: tuple[str, ...] = ()
    partial: bool = False
    data_format: str = ""
    reading: FormatOptions = field(default_factory=FormatOptions)
    skip_bad_rows: bool = False
    argv: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Answer:
    """One prediction: its text, ``None`` where there is none, and its probability."""

    text: str | None
    score: float | None


@dataclass(frozen=True, kw_only=True)
class _Given:
    """The predictions of a file.

    Args:
        columns: All of its columns.
        column: The column of the predictions.
        id: The column of the ids; empty: the rows' numbers.
        score: The column of the probabilities; empty: none.
        answers: Predictions by id, the first of each.
        rows: Rows that were read.
        twice: Ids that stand there more than once.
    """

    columns: tuple[str, ...]
    column: str
    id: str
    score: str
    answers: Mapping[str, _Answer]
    rows: int
    twice: tuple[str, ...]


def score_file(registry: Registry, request: FileRequest) -> FileScored:
    """Join predictions with gold answers, and score them.

    Raises:
        UsageError: A column is not there or could be several, or predictions are missing, surplus or repeated.
        DataError: A row cannot be read, or none has a gold answer.
    """
    for name in request.metrics:
        registry.get(MetricSpec, name)
    given = _read(registry, request)
    table = _gold(registry, request, given)
    notes = [f"predictions: column '{given.column}'; gold answers: column '{table.columns['gold']}'"]
    if given.score:
        notes.append(f"probabilities: column '{given.score}'")
    notes += [f"{count:,} rows left out: {reason}" for reason, count in table.skipped.items()]
    notes += _check(registry, request, given, table)
    table, labels, unknown = _with_labels(request, table)
    notes += [f"{unknown:,} rows left out: their gold answer is not among --labels"] if unknown else []
    samples = tuple(_samples(request.task, given, table, labels))
    names = (request.task.primary, *request.task.metrics, *request.metrics)
    scored = score_samples(
        registry, dict.fromkeys(names), samples, labels=labels, language=request.language, task=request.task
    )
    if not scored.scores:
        raise UsageError("none of the task's metrics is installed", hint="see 'nlptasks metrics list'")
    covered = sum(sample.prediction is not None for sample in samples)
    record = _record(request, table, samples, scored, labels)
    return FileScored(record=record, samples=samples, scored=scored, covered=covered, notes=tuple(notes))


# ---------------------------------------------------------------- the files


def _read(registry: Registry, request: FileRequest) -> _Given:
    """Read the predictions."""
    if "-" in (request.predictions, request.data):
        raise UsageError("a record names its files by their bytes", hint="save the rows in a file first")
    with ExitStack() as stack:
        source = stack.enter_context(open_input(request.predictions))
        table = read_table(registry, source, name=request.data_format, options=request.reading)
        column = _prediction_column(request, table.columns)
        score = _score_column(request, table.columns, column)
        id_ = _id_column(request, table.columns, request.predictions)
        at = [table.columns.index(name) if name else -1 for name in (id_, column, score)]
        answers: dict[str, _Answer] = {}
        twice: dict[str, None] = {}
        rows = 0
        for row in table.rows:
            if not isinstance(row, Row):
                if request.skip_bad_rows:
                    continue
                hint = f"{row.hint or 'repair it'}; or --skip-bad-rows"
                raise DataError(source.name, row.reason, line=row.line, hint=hint)
            rows += 1
            name = as_text(row.cells[at[0]]).strip() if id_ else str(rows)
            if name in answers:
                twice[name] = None
                continue
            cell = row.cells[at[1]]
            answers[name] = _Answer(
                None if cell is None else as_text(cell), _probability(row, at[2], score, source.name)
            )
    return _Given(
        columns=table.columns, column=column, id=id_, score=score, answers=answers, rows=rows, twice=tuple(twice)
    )


def _prediction_column(request: FileRequest, columns: Sequence[str]) -> str:
    """The column that the user named, or the first of the usual names that the file has."""
    if request.prediction:
        return _named(request.prediction, columns, "--prediction", request.predictions)
    output = request.task.output
    free = {_plain(name): name for name in columns if name not in (request.gold, request.id, request.score)}
    # The name of the task's output is often that of its gold column too, so the plain words come before it.
    for name in (f"predicted_{output}", *_PREDICTION[:6], output, *_PREDICTION[6:]):
        if name in free:
            return free[name]
    known = ", ".join((f"predicted_{output}", *_PREDICTION[:3], output))
    raise UsageError(
        f"{request.predictions}: no column of predictions among {', '.join(map(repr, columns))}",
        hint=f"name it: --prediction COLUMN; known names are {known}, ...",
    )


def _score_column(request: FileRequest, columns: Sequence[str], prediction: str) -> str:
    """The column that the user named, or the one that 'nlptasks run' writes beside its answers."""
    if request.score:
        return _named(request.score, columns, "--score-column", request.predictions)
    usual = f"{prediction}_score"
    return usual if usual in columns else ""


def _id_column(request: FileRequest, columns: Sequence[str], file: str) -> str:
    """The column of the ids; empty where a file has none. One of two files may call it ``id`` where --id is another."""
    usual = _ID if _ID in columns else ""
    if not request.id or (request.data and usual and request.id not in columns):
        return usual
    return _named(request.id, columns, "--id", file)


def _named(name: str, columns: Sequence[str], flag: str, file: str) -> str:
    if name in columns:
        return name
    near = nearest(name, columns)
    raise UsageError(
        f"{file}: no column '{name}' ({flag}); its columns are {', '.join(map(repr, columns))}",
        hint=f"did you mean {flag} '{near}'?" if near else f"choose one of them with {flag}",
    )


def _probability(row: Row, at: int, column: str, file: str) -> float | None:
    """A probability in a cell; an empty cell holds none."""
    text = as_text(row.cells[at]).strip() if at >= 0 else ""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise DataError(
            file,
            f"{one_line(text, 40)!r} in the column '{column}' is no probability",
            line=row.line,
            hint="a probability lies between 0 and 1; --score-column names another column",
        )
    return round(number, DECIMALS)


def _gold(registry: Registry, request: FileRequest, given: _Given) -> GoldTable:
    """The rows with gold answers, from the file of their own or from beside the predictions."""
    columns = _columns(registry, request, request.data) if request.data else given.columns
    taken = () if request.data else (given.column, given.id, given.score)
    gold = request.gold or _gold_column(request, columns, taken)
    id_ = _id_column(request, columns, request.data) if request.data else given.id
    if request.data and bool(id_) != bool(given.id):
        with_, without = (request.data, request.predictions) if id_ else (request.predictions, request.data)
        raise UsageError(
            f"{with_} has ids and {without} has none, so their rows cannot be matched",
            hint="--id COLUMN names the column of the ids in both files",
        )
    wanted = GoldRequest(
        data=request.data or request.predictions,
        gold=gold,
        id=id_,
        data_format=request.data_format,
        reading=request.reading,
        skip_bad_rows=request.skip_bad_rows,
    )
    try:
        return read_gold_table(registry, request.task, wanted)
    except UsageError:
        # Predictions often stand without what they answer: it is shown where it is there, and scores do not need it.
        return read_gold_table(registry, replace(request.task, inputs=()), wanted)


def _columns(registry: Registry, request: FileRequest, file: str) -> tuple[str, ...]:
    with open_input(file) as source:
        return read_table(registry, source, name=request.data_format, options=request.reading).columns


def _gold_column(request: FileRequest, columns: Sequence[str], taken: Sequence[str]) -> str:
    """The first of the gold column's names that is free: the predictions' column is never its own gold."""
    free = {_plain(name): name for name in columns if name not in taken}
    column = request.task.gold
    for name in (column.name, *column.aliases):
        if _plain(name) in free:
            return free[_plain(name)]
    raise UsageError(
        f"{request.data or request.predictions}: no gold column for the task '{request.task.name}' among "
        f"{', '.join(map(repr, columns))}",
        hint=f"name it with --gold COLUMN, or give the file that has it with --data; it holds {column.summary}",
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


# ------------------------------------------------------------------ joining


def _check(registry: Registry, request: FileRequest, given: _Given, table: GoldTable) -> Iterator[str]:
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


def _answered(given: _Given, item: Item) -> bool:
    answer = given.answers.get(item.id)
    return answer is not None and answer.text is not None


def _ids(registry: Registry, request: FileRequest, column: str) -> set[str]:
    """All ids of the data, those of rows without a gold answer too."""
    with open_input(request.data) as source:
        table = read_table(registry, source, name=request.data_format, options=request.reading)
        name = column if column in table.columns else _ID
        at = table.columns.index(name)
        return {as_text(row.cells[at]).strip() for row in table.rows if isinstance(row, Row)}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 40) for name in names[:_QUOTED])
    return shown if len(names) <= _QUOTED else f"{shown}, ..."


def _with_labels(request: FileRequest, table: GoldTable) -> tuple[GoldTable, tuple[str, ...], int]:
    """The rows that can be scored, the closed set of answers, and how many rows were left out."""
    if not _is_label(request.task):
        if request.labels:
            raise UsageError(
                f"the answers of the task '{request.task.name}' are texts and no labels", hint="leave out --labels"
            )
        return table, (), 0
    if not request.labels:
        return table, tuple(sorted({item.gold for item in table.items})), 0
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


def _samples(task: TaskSpec, given: _Given, table: GoldTable, labels: tuple[str, ...]) -> Iterator[Sample]:
    reader = _Reader(task, given, table, labels)
    for item in table.items:
        answer = given.answers.get(item.id, _Answer(None, None))
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
            flags=tuple(name for name in FLAGS if state.get(name)),
        )


class _Reader:
    """Reads predictions: a label as gold labels are read (``1`` or ``POS`` for ``positive``), other text as it is."""

    def __init__(self, task: TaskSpec, given: _Given, table: GoldTable, labels: tuple[str, ...]) -> None:
        self._spelling = {label.casefold(): label for label in labels}
        self._read = resolve(task.read_gold) if labels and task.read_gold else None
        self._column = table.columns["gold"]
        # What a number stands for is told by all of them: a system that only ever says 1 does not say it alone.
        texts = (answer.text.strip() for answer in given.answers.values() if answer.text)
        self._cells = frozenset([*(item.text.strip() for item in table.items), *texts]) if self._read else frozenset()
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        """The canonical answer in a cell."""
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
    request: FileRequest, table: GoldTable, samples: Sequence[Sample], scored: Scored, labels: tuple[str, ...]
) -> Record:
    data = request.data or request.predictions
    primary = request.task.primary if request.task.primary in scored.scores else next(iter(scored.scores))
    return Record(
        task=request.task.name,
        primary=primary,
        dataset=Dataset(name=split_suffix(data)[0], sha256=table.sha256, n=len(samples), language=request.language),
        model=Model(name=request.model or split_suffix(request.predictions)[0]),
        run=Run(
            # The answers come from nowhere that is known here, so their file stands for what decided them.
            decoding={"predictions": sha256_of(Path(request.predictions))},
            argv=request.argv,
            columns=dict(table.columns),
        ),
        scores=scored.scores,
        labels=labels,
        flags=dict(Counter(flag for sample in samples for flag in sample.flags)),
    )
