"""Reads predictions that anybody's system wrote into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import inf

from nlptasks._exchange import lm_eval_samples
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.datasets import ScoredData
from nlptasks._scoring.from_file.lists import texts_of_lists
from nlptasks._settings.groups import Evaluation, RecordTarget, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks._tables.columns import answer_column, as_text, named
from nlptasks._tables.names import ANSWER_NAMES, PREDICTION_NAMES, plain
from nlptasks._tables.tables import read_table, reading_of
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import Input, open_input, refuse_stream
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.predictions import DECIMALS
from nlptasks.plugin.protocols import FormatOptions, Row, Table
from nlptasks.text.display import one_line

#: Names of the columns of ids and of likelihoods where the user names none.
ID, _NLL = "id", "nll"


@dataclass(frozen=True, kw_only=True)
class FileRequest:
    """What to score.

    Args:
        file: The file with the predictions.
        task: The task that they are predictions of.
        predictions: How they stand in the file, and what is done where some are missing.
        data: The table with the gold answers; without a file they stand beside the predictions. How it is read is how
            both are, and the label map is of both. The column of ids is in both, or is called ``THEIRS`` beside the
            predictions and ``OURS`` in the data where it is ``THEIRS=OURS``.
        evaluation: What is scored beside the task's metrics. Its ``language`` is told by ``data``.
        target: What the record is.
        argv: The command that makes the record again.
    """

    file: str
    task: TaskSpec
    predictions: PredictionSource = field(default_factory=PredictionSource)
    data: ScoredData = field(default_factory=ScoredData)
    evaluation: Evaluation = field(default_factory=Evaluation)
    target: RecordTarget = field(default_factory=RecordTarget)
    argv: tuple[str, ...] = ()

    @property
    def source(self) -> TableSource:
        """The table with the gold answers."""
        return self.data.source

    @property
    def gold_file(self) -> str:
        """The file that the gold answers stand in."""
        return self.source.data or self.file

    def reading(self, registry: Registry, file: str) -> FormatOptions:
        """How to read one of the two tables."""
        others = [other for other in (self.file, self.source.data) if other and other != file]
        return reading_of(registry, self.source, file, others)

    def table(self, registry: Registry, source: Input) -> Table:
        """One of the two tables; samples of lm-evaluation-harness as predictions beside what is right."""
        options = self.reading(registry, source.name)
        table = read_table(registry, source, name=self.source.format, options=options)
        if lm_eval_samples.is_samples(table.columns):
            return lm_eval_samples.samples_table(table, source.name, chosen=self.predictions.filter)
        if self.predictions.filter and source.name == self.file:
            raise UsageError(f"{source.name} is no file of samples of lm-evaluation-harness", hint="leave out --filter")
        return table


@dataclass(frozen=True, slots=True)
class FilePrediction:
    """One prediction.

    Args:
        text: Its text; ``None`` where there is none.
        score: Its probability.
        nll: Negative log-likelihood of the gold text in nats.
    """

    text: str | None = None
    score: float | None = None
    nll: float | None = None

    @property
    def answered(self) -> bool:
        """Whether there is one, or a likelihood in its place."""
        return self.text is not None or self.nll is not None


@dataclass(frozen=True, kw_only=True)
class PredictionFile:
    """The predictions of a file.

    Args:
        columns: All of its columns.
        column: The column of the predictions.
        id: The column of the ids; empty: the rows' numbers.
        score: The column of the probabilities; empty: none.
        nll: The column of the likelihoods; empty: none.
        answers: Predictions by id, the first of each.
        rows: Rows that were read.
        twice: Ids that stand there more than once.
        notes: How the predictions were read, a line each.
        harness: Whether these are samples of lm-evaluation-harness.
    """

    columns: tuple[str, ...]
    column: str
    id: str
    score: str
    nll: str
    answers: Mapping[str, FilePrediction]
    rows: int
    twice: tuple[str, ...]
    notes: tuple[str, ...] = ()
    harness: bool = False


def read_predictions(registry: Registry, request: FileRequest) -> PredictionFile:
    """Read the predictions."""
    for file in (request.file, request.source.data):
        refuse_stream(file, "a record names its files by their bytes")
    with ExitStack() as stack:
        source = stack.enter_context(open_input(request.file))
        table = request.table(registry, source)
        harness = is_harness(table.columns)
        column = _prediction_column(request, table.columns)
        score = _score_column(request, table.columns, column)
        nll = _nll_column(request, table.columns)
        id_ = "" if request.predictions.by_order else id_column(request, table.columns, request.file)
        at = [table.columns.index(name) if name else -1 for name in (id_, column, score, nll)]
        answers: dict[str, FilePrediction] = {}
        lines: dict[str, int] = {}
        twice: dict[str, None] = {}
        rows = 0
        for row in table.rows:
            if not isinstance(row, Row):
                if request.source.skips:
                    continue
                hint = f"{row.hint or 'repair it'}; or --on-error skip"
                raise DataError(source.name, row.reason, line=row.line, hint=hint)
            rows += 1
            name = as_text(row.cells[at[0]]).strip() if id_ else str(rows)
            if name in answers:
                twice[name] = None
                continue
            cell = row.cells[at[1]]
            lines[name] = row.line
            answers[name] = FilePrediction(
                None if cell is None else as_text(cell),
                _number(row, at[2], source.name, score, "probability", 1.0),
                _number(row, at[3], source.name, nll, "likelihood in nats", inf),
            )
    if not any(answer.answered for answer in answers.values()):
        raise DataError(
            request.file,
            f"no prediction in the column '{column}': {'it has no row' if not rows else 'all of its cells are empty'}",
            hint="--prediction COLUMN names another column",
        )
    if harness and not any(answer.nll is not None for answer in answers.values()):
        nll = ""
    answers, notes = texts_of_lists(answers, lines, request.file, column)
    return PredictionFile(
        columns=table.columns,
        column=column,
        id=id_,
        score=score,
        nll=nll,
        answers=answers,
        rows=rows,
        twice=tuple(twice),
        notes=(*(table.notes if harness else ()), *notes),
        harness=harness,
    )


def _prediction_column(request: FileRequest, columns: Sequence[str]) -> str:
    """The column that the user named, or the first of the usual names that the file has."""
    if request.predictions.prediction:
        return named(request.predictions.prediction, columns, "--prediction", request.file)
    if is_harness(columns):
        return lm_eval_samples.PREDICTION
    output = answer_column(request.task)
    free = {
        plain(name): name
        for name in columns
        if name not in (request.source.gold, request.source.id, request.predictions.score_column)
    }
    # The name of the task's output is often that of its gold column too, so the plain words come before it.
    for name in (f"predicted_{output}", *PREDICTION_NAMES, "predicted_label", output, *ANSWER_NAMES):
        if name in free:
            return free[name]
    named_so = [name for key, name in free.items() if key.startswith("predicted_") and not key.endswith("_score")]
    if len(named_so) == 1:
        return named_so[0]
    known = ", ".join((f"predicted_{output}", *PREDICTION_NAMES[:3], output))
    raise UsageError(
        f"{request.file}: no column of predictions among {', '.join(map(repr, columns))}",
        hint=f"name it: --prediction COLUMN; known names are {known}, ...",
    )


def _score_column(request: FileRequest, columns: Sequence[str], prediction: str) -> str:
    """The column that the user named, or the one that 'nlptasks run' writes beside its predictions."""
    if request.predictions.score_column:
        return named(request.predictions.score_column, columns, "--score-column", request.file)
    usual = f"{prediction}_score"
    return usual if usual in columns else ""


def _nll_column(request: FileRequest, columns: Sequence[str]) -> str:
    """The column that the user named, or one of the usual name."""
    if request.predictions.nll_column:
        return named(request.predictions.nll_column, columns, "--nll-column", request.file)
    return _NLL if _NLL in columns else ""


def is_harness(columns: Sequence[str]) -> bool:
    """Whether a table was made of samples of lm-evaluation-harness."""
    return tuple(columns[: len(lm_eval_samples.COLUMNS)]) == lm_eval_samples.COLUMNS


def usual_id(columns: Sequence[str]) -> str:
    """The column that is called as ids are; empty where there is none."""
    return lm_eval_samples.ID if is_harness(columns) else ID if ID in columns else ""


def id_column(request: FileRequest, columns: Sequence[str], file: str) -> str:
    """The column of the ids; empty where a file has none. One of two files may call it ``id`` where --id is another."""
    usual = usual_id(columns)
    theirs, between, ours = request.source.id.partition("=")
    if between and request.source.id not in columns:
        if not request.source.data:
            raise UsageError(f"--id {request.source.id} names columns of two files", hint="--data FILE is the other")
        return named(theirs if file == request.file else ours, columns, "--id", file)
    if not request.source.id or (request.source.data and usual and request.source.id not in columns):
        return usual
    return named(request.source.id, columns, "--id", file)


def _number(row: Row, at: int, file: str, column: str, what: str, most: float) -> float | None:
    """A number from 0 to ``most`` in a cell; an empty cell holds none."""
    text = as_text(row.cells[at]).strip() if at >= 0 else ""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most or number == inf:
        bounds = "between 0 and 1" if most == 1 else "from 0 on"
        raise DataError(
            file,
            f"{one_line(text, 40)!r} in the column '{column}' is no {what}",
            line=row.line,
            hint=f"it is a number {bounds}; another column is named by --score-column or --nll-column",
        )
    return round(number, DECIMALS)
