"""Joins predictions with the rows that hold what is right, by ids or by order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlptasks._exchange import lm_eval_samples
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.from_file.prediction_file import (
    FilePrediction,
    FileRequest,
    PredictionFile,
    id_column,
    is_harness,
    usual_id,
)
from nlptasks._scoring.gold_rows import read_gold_rows
from nlptasks._tables.columns import as_text, earlier_outputs, guess_gold
from nlptasks._tables.gold_samples import NO_ANSWER, NO_GOLD, REFUSED, GoldTable, Item
from nlptasks._tables.names import GOLD_NAMES, plain
from nlptasks.errors import UsageError
from nlptasks.files.paths import open_input
from nlptasks.plugin.protocols import Row
from nlptasks.records.canonical import canonical
from nlptasks.text.display import one_line

#: Ids that a message quotes.
_QUOTED = 5

_JOIN = (
    "--id THEIRS=OURS names the columns of the ids; --by-order joins the rows by their order, where their numbers are "
    "equal"
)


def joined(
    registry: Registry, request: FileRequest, given: PredictionFile, names: Sequence[str]
) -> tuple[GoldTable, PredictionFile, str]:
    """The rows with gold answers, from the file of their own or from beside the predictions.

    Args:
        registry: What is installed.
        request: What to score.
        given: The predictions.
        names: Names of the metrics.

    Returns:
        The rows, the predictions under the rows' ids, and the language of the rows.

    Raises:
        UsageError: A column is not there or could be several, or there is nothing to match rows by.
        DataError: A row cannot be read, or none has a gold answer.
    """
    columns = columns_of(registry, request, request.source.data) if request.source.data else given.columns
    taken = () if request.source.data else (given.column, given.id, given.score, given.nll)
    gold = request.source.gold or _gold_column(request, columns, taken)
    id_ = _id(request, given, columns)
    if request.predictions.by_order and id_:
        given = _in_order(registry, request, given, id_)
    file = request.gold_file
    reading = request.reading(registry, file)
    wanted = replace(request.source, data=file, gold=gold, id=id_, reading=reading)
    language = request.data.dataset.language
    prompted = is_harness(columns) and len(request.task.inputs) == 1
    prompt = {request.task.inputs[0].name: lm_eval_samples.PROMPT} if prompted else {}
    # Predictions often stand without what they are made of: it is shown where it is there, and scores do not need it.
    tries = [
        (request.task, wanted),
        *([(request.task, replace(wanted, columns=prompt))] if prompt else ()),
        (replace(request.task, inputs=()), wanted),
    ]
    for at, (task, source) in enumerate(tries, 1):
        try:
            table, language = read_gold_rows(
                registry,
                task,
                source,
                names,
                language=language,
                meta=request.data.meta,
                outputs=taken if task.inputs else (),
                opened=lambda opened: request.table(registry, opened),
            )
        except UsageError:
            if at == len(tries):
                raise
        else:
            break
    if is_harness(columns):
        table = replace(table, sha256=_digest(table))
    return replace(table, guessed=not request.source.gold), given, language


def _digest(table: GoldTable) -> str:
    """SHA-256 of what was asked and what is right, where the predictions stand in the same file.

    Files of several systems hold the same data so.
    """
    rows = [[item.id, item.text, dict(item.example.inputs)] for item in table.items]
    return hashlib.sha256(canonical(rows).encode("utf-8", "surrogatepass")).hexdigest()


def columns_of(registry: Registry, request: FileRequest, file: str) -> tuple[str, ...]:
    """The columns of one of the files."""
    with open_input(file) as source:
        return request.table(registry, source).columns


def _gold_column(request: FileRequest, columns: Sequence[str], taken: Sequence[str]) -> str:
    """The first of the gold column's names that is free: the predictions' column is never its own gold."""
    if is_harness(columns):
        return lm_eval_samples.GOLD
    if found := guess_gold(request.task, columns, taken):
        return found
    earlier = [name for name in earlier_outputs(request.task, columns) if name not in taken]
    free = {plain(name): name for name in columns if name not in (*taken, *earlier)}
    if other := next((free[name] for name in GOLD_NAMES if name in free), ""):
        return other
    if earlier:
        raise UsageError(
            f"{request.gold_file}: no gold column for the task '{request.task.name}'; "
            f"{', '.join(map(repr, earlier))} seem to hold what an earlier run predicted",
            hint=f"name the gold column with --gold COLUMN; --gold '{earlier[0]}' takes these as gold answers",
        )
    raise UsageError(
        f"{request.gold_file}: no gold column for the task '{request.task.name}' among {', '.join(map(repr, columns))}",
        hint="name it with --gold COLUMN, or give the file that has it with --data; "
        f"it holds {request.task.gold.summary}",
    )


# ------------------------------------------------------------------ ids


def _id(request: FileRequest, given: PredictionFile, columns: Sequence[str]) -> str:
    """The column of the rows' ids; empty where they are told apart by their numbers."""
    data = request.source.data
    if not data:
        if request.predictions.by_order:
            raise UsageError("--by-order joins two files, and there is one", hint="leave it out, or give --data FILE")
        return given.id
    found = id_column(request, columns, data)
    if request.predictions.by_order:
        named = request.source.id.partition("=")[0]
        theirs = next((name for name in (named, usual_id(given.columns)) if name in given.columns), "")
        if found and theirs:
            raise UsageError(
                f"both files have ids ('{theirs}' and '{found}'), and rows are joined by these",
                hint="leave out --by-order; --id THEIRS=OURS names other columns of ids",
            )
        return found
    numbered = given.id and not found and all(map(str.isdecimal, given.answers))  # they are the rows' numbers
    if bool(found) != bool(given.id) and not numbered:
        with_, without = (data, request.file) if found else (request.file, data)
        raise UsageError(f"{with_} has ids and {without} has none, so their rows cannot be matched", hint=_JOIN)
    return found


def _in_order(registry: Registry, request: FileRequest, given: PredictionFile, column: str) -> PredictionFile:
    """The predictions under the ids of the rows of the data, in whose order they stand."""
    ids = row_ids(registry, request, column)
    if len(ids) != given.rows:
        raise _not_as_many(request, given.rows, len(ids))
    answers: dict[str, FilePrediction] = {}
    for id_, answer in zip(ids, given.answers.values(), strict=True):
        answers.setdefault(id_, answer)
    return replace(given, answers=answers, id=column)


def _not_as_many(request: FileRequest, predictions: int, rows: int) -> UsageError:
    return UsageError(
        f"{request.file} has {predictions:,} rows and {request.source.data} has {rows:,}; without ids, rows "
        "are matched by their order, so their numbers must be equal",
        hint="write the ids of the data beside the predictions, in a column 'id'",
    )


def row_ids(registry: Registry, request: FileRequest, column: str) -> list[str]:
    """All ids of the data in order, those of rows without a gold answer too; without such a column, their numbers."""
    with open_input(request.source.data) as source:
        table = request.table(registry, source)
        rows = [row for row in table.rows if isinstance(row, Row)]
        if not column:
            return [str(number) for number, _ in enumerate(rows, 1)]
        at = table.columns.index(column)
        return [as_text(row.cells[at]).strip() for row in rows]


# ------------------------------------------------------------------ what has no other


def check(registry: Registry, request: FileRequest, given: PredictionFile, table: GoldTable) -> Iterator[str]:
    """Whether each row has one prediction and each prediction a row; what is not so is refused, or told."""
    ids = {item.id for item in table.items}
    rows = len(table.items) + sum(table.skipped.get(reason, 0) for reason in (NO_GOLD, NO_ANSWER, REFUSED))
    if request.source.data and not given.id and given.rows != rows:
        raise _not_as_many(request, given.rows, rows)
    surplus = [name for name in given.answers if name not in ids] if request.source.data and given.id else []
    if surplus and rows > len(table.items):
        columns = columns_of(registry, request, request.source.data)
        ungraded = set(row_ids(registry, request, id_column(request, columns, request.source.data)))
        surplus = [name for name in surplus if name not in ungraded]
    missing = [item.id for item in table.items if not _answered(given, item)]
    twice = dict.fromkeys((*given.twice, *(item.id for item in table.items if item.twice)))
    found = mismatches(len(table.items), given.rows, missing=missing, surplus=surplus, twice=list(twice))
    if len(missing) == len(table.items):
        first = next(iter(given.answers), "")
        raise UsageError(
            f"{request.file}: no row of {request.gold_file} has a prediction; the ids "
            f"of predictions are like {one_line(first, 40)!r}, those of rows like {one_line(table.items[0].id, 40)!r}",
            hint=_JOIN if request.source.data else "--prediction COLUMN names another column",
        )
    if found and not request.predictions.partial:
        raise UsageError(
            f"{request.file}: " + "\n".join(found),
            hint="a score on a part of the rows is not one on all of them; --partial scores a missing prediction as an "
            "empty one, leaves surplus ones out, takes the first of several, and marks the record",
        )
    yield from found


def mismatches(
    rows: int, predictions: int, *, missing: Sequence[str], surplus: Sequence[str], twice: Sequence[str]
) -> list[str]:
    """In what rows and predictions do not match, a line each.

    Args:
        rows: How many rows there are.
        predictions: How many predictions there are.
        missing: Ids of rows without a prediction.
        surplus: Ids of predictions without a row.
        twice: Ids that stand there more than once.
    """
    problems = {
        f"{len(missing):,} of {rows:,} rows have no prediction": missing,
        f"{len(surplus):,} of {predictions:,} predictions have no row": surplus,
        f"{len(twice):,} of the ids stand there more than once": twice,
    }
    return [f"{text}: {listed(names)}" for text, names in problems.items() if names]


def _answered(given: PredictionFile, item: Item) -> bool:
    answer = given.answers.get(item.id)
    return answer is not None and answer.answered


def listed(names: Sequence[str]) -> str:
    """Some names as messages quote them."""
    shown = ", ".join(one_line(name, 40) for name in names[:_QUOTED])
    return shown if len(names) <= _QUOTED else f"{shown}, ..."
