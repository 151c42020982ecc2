"""The samples of lm-evaluation-harness (``samples_TASK_DATE.jsonl``) as a table of predictions and references.

The harness keeps what the model gave as lists: a text for each request, or for each choice its log-likelihood and
whether it is the greedy one. What it predicted follows from them as it does there. Where the choices of all rows are
the same, they are the labels; where each row has choices of its own, as a test with answers A to D, their numbers are.
A file that was scored through several filters has each row once for each, and one of them is to be chosen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from nlptasks._exchange.parsing import Number, Text
from nlptasks.errors import DataError, UsageError
from nlptasks.files.validated import Lenient, ProblemError, kind_of, validated_import
from nlptasks.plugin.predictions import Cell
from nlptasks.plugin.tables import BadRow, Row, Table

#: Columns by which such a file is known.
KEYS = frozenset({"doc_id", "doc", "target", "arguments", "resps", "filtered_resps"})

#: What the columns of the table are called that stand before those of the document.
COLUMNS = ID, PREDICTION, GOLD, NLL, PROMPT = "doc_id", "prediction", "target", "nll", "prompt"

#: What filters of the harness leave of a response in which they find nothing.
_INVALID = "[invalid]"

_WHAT = "a sample of lm-evaluation-harness"
_HINT = "is it as the harness wrote it, with --log_samples?"
_FILE = re.compile(r"samples_(?P<task>.+)_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?")


def is_samples(columns: Sequence[str]) -> bool:
    """Whether a table with such columns holds samples of the harness."""
    return set(columns) >= KEYS


def task_of(stem: str) -> str:
    """The task that a file of the harness is named after; empty where it has another name."""
    found = _FILE.fullmatch(stem)
    return found["task"] if found else ""


def _parsed(value: Any) -> Any:
    """A list or an object, which a table holds as its JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise ProblemError("is no JSON") from None
    return value


def _requests(value: Any) -> Any:
    """The arguments of each request; older versions of the harness have lists for the mappings of newer ones."""
    value = _parsed(value)
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list):
        raise ProblemError(f"must be a mapping or a list, and this is {kind_of(value)}")
    return [list(each.values()) if isinstance(each, Mapping) else each for each in value]


class _LmEvalSample(Lenient):
    """A line; the cells of the table are texts, and JSON of what is more."""

    doc_id: Text
    doc: Annotated[dict[str, Any], BeforeValidator(_parsed)]
    target: Any = None
    arguments: Annotated[list[list[Any]], BeforeValidator(_requests)]
    filtered_resps: Annotated[list[Any], BeforeValidator(_parsed)]
    filter: Text = "none"
    acc: Any = None


class _LmEvalPair(Lenient):
    likelihood: Number
    greedy: bool


@dataclass(frozen=True)
class _LmEvalRow:
    """A sample with its line, as the model gave it.

    Args:
        line: Line of the file.
        sample: What stands there.
        choices: The continuations that the model chose among; none: it wrote, or read, a text.
        pairs: Log-likelihood of each continuation, and whether it is the greedy one.
    """

    line: int
    sample: _LmEvalSample
    choices: tuple[str, ...] = ()
    pairs: tuple[_LmEvalPair, ...] = ()


def samples_table(table: Table, file: str, *, chosen: str = "") -> Table:
    """The predictions of the samples.

    Args:
        table: What :func:`is_samples` holds for.
        file: What errors call the file.
        chosen: The filter whose responses count; empty: the only one.

    Returns:
        A table of id, prediction, reference, negative log-likelihood where the model only read, prompt, and the
        document's own columns that are called otherwise.

    Raises:
        UsageError: There are several filters and none is chosen, or not the one that is.
        DataError: A row is not as the harness writes it, or its prediction does not give the ``acc`` beside it.
    """
    columns = table.columns
    found = list(table.rows)
    bad: list[Row | BadRow] = [row for row in found if isinstance(row, BadRow)]
    samples = [
        _row(dict(zip(columns, row.cells, strict=True)), row.line, file) for row in found if isinstance(row, Row)
    ]
    chosen = _filter([row.sample.filter for row in samples], chosen, file)
    rows = [row for row in samples if row.sample.filter == chosen]
    common = {row.choices for row in rows}
    labels = len(common) == 1
    if any(len(row.choices) > 1 and len(set(row.choices)) == 1 for row in rows):
        raise DataError(
            file,
            "the choices of this task are contexts of one continuation, and the file does not say which is right",
            hint="rescore the predictions with references of your own: --prediction and --data",
        )
    more = dict.fromkeys(key for row in rows for key in row.sample.doc)
    own = [key for key in more if key not in COLUMNS]
    cells = [
        Row(row.line, [*_cells(row, file, labels=labels), *(_text(row.sample.doc.get(key)) for key in own)])
        for row in rows
    ]
    notes = [f"samples of lm-evaluation-harness, filter {chosen}"]
    if any(len(row.choices) > 1 for row in rows):
        notes.append("labels: the choices" if labels else "labels: the numbers of the choices, which differ by row")
    if cells and all(isinstance(row, Row) and row.cells[1] == _INVALID for row in cells):
        raise DataError(
            file,
            f"the filter {chosen} found nothing in any of the responses",
            hint="a score of 0 would say nothing about the system; choose another filter with --filter",
        )
    every = sorted([*cells, *bad], key=lambda row: row.line)
    return Table.of_rows((*COLUMNS, *own), every, (*table.notes, *notes))


def _filter(found: Sequence[str], chosen: str, file: str) -> str:
    known = list(dict.fromkeys(found))
    if chosen in known or (not chosen and len(known) == 1):
        return chosen or known[0]
    listed = ", ".join(known)
    if chosen:
        raise UsageError(f"{file}: no responses of a filter '{chosen}'; it has those of {listed or 'none'}")
    if not known:
        raise DataError(file, "it holds no sample", hint=_HINT)
    raise UsageError(
        f"{file}: it holds the responses of {len(known)} filters, and each makes other predictions",
        hint=f"choose one with --filter: {listed}",
    )


def _row(cells: Mapping[str, Cell], line: int, file: str) -> _LmEvalRow:
    sample = validated_import(_LmEvalSample, cells, file, _WHAT, hint=_HINT, lines=lambda _: line)
    given = [request[1] if len(request) > 1 else None for request in sample.arguments]
    if not given or not all(isinstance(each, str) for each in given):
        return _LmEvalRow(line, sample)
    continuations = [str(each) for each in given]
    half = len(continuations) // 2
    if half and len(continuations) == 2 * half and continuations[:half] == continuations[half:] and half > 1:
        continuations = continuations[:half]  # behind them stand those without a context, for acc_mutual_info
    pairs = [_pair(each, line, file) for each in sample.filtered_resps[: len(continuations)]]
    if len(pairs) < len(continuations):
        raise DataError(file, f"{len(continuations)} choices, and likelihoods of {len(pairs)}", line=line, hint=_HINT)
    return _LmEvalRow(line, sample, tuple(continuations), tuple(pairs))


def _pair(value: Any, line: int, file: str) -> _LmEvalPair:
    """A log-likelihood and whether it is the greedy one: numbers and truth values, or texts of them."""
    pair = value if isinstance(value, list) and len(value) == 2 else [value, None]
    try:
        number: Any = float(pair[0])
    except (TypeError, ValueError):
        number = pair[0]
    greedy = {"True": True, "False": False}.get(pair[1], pair[1]) if isinstance(pair[1], str) else pair[1]
    made = {"likelihood": number, "greedy": greedy}
    return validated_import(_LmEvalPair, made, file, _WHAT, hint=_HINT, at=("filtered_resps",), lines=lambda _: line)


def _cells(row: _LmEvalRow, file: str, *, labels: bool) -> Iterator[Cell]:
    prediction, gold, nll = _read(row, file, labels=labels)
    yield row.sample.doc_id
    yield prediction
    yield gold
    yield nll
    yield _text(next((request[0] for request in row.sample.arguments if request), None))


def _read(row: _LmEvalRow, file: str, *, labels: bool) -> tuple[Cell, Cell, Cell]:
    """Prediction, reference and negative log-likelihood of the reference."""
    if len(row.choices) > 1:
        return *_choice(row, file, labels=labels), None
    target = _text(row.sample.target)
    if row.choices:
        pair = row.pairs[0]
        return target if pair.greedy else None, target, -pair.likelihood
    if all(len(request) == 1 for request in row.sample.arguments):  # a text was read, and none written
        pair = _pair([next(iter(row.sample.filtered_resps), None), False], row.line, file)
        return None, target, -pair.likelihood
    return _written(row, file), target, None


def _choice(row: _LmEvalRow, file: str, *, labels: bool) -> tuple[str, str]:
    """The likeliest choice, the first of several, and the right one; the harness's own word of it must agree."""
    texts = [choice.strip() for choice in row.choices]
    at = max(range(len(texts)), key=lambda number: row.pairs[number].likelihood)
    gold = _gold(row, texts, file)
    acc = row.sample.acc
    if str(acc) in ("0", "1", "0.0", "1.0") and float(str(acc)) != float(at == gold):
        raise DataError(
            file,
            f"its acc is {acc}, but the likeliest choice is {texts[at]!r} and the target {texts[gold]!r}",
            line=row.line,
            hint=_HINT,
        )
    return (texts[at], texts[gold]) if labels else (str(at), str(gold))


def _gold(row: _LmEvalRow, texts: Sequence[str], file: str) -> int:
    """The number of the right choice; a target is that number, or the choice itself."""
    target = str(row.sample.target).strip()
    if target.isdecimal() and int(target) < len(texts):
        return int(target)
    if texts.count(target) == 1:
        return texts.index(target)
    several = target.startswith("[")
    problem = "has several right choices" if several else f"is none of the choices {', '.join(map(repr, texts[:5]))}"
    raise DataError(
        file,
        f"the target {target[:80]!r} {problem}",
        line=row.line,
        hint="a prediction is compared with one label here; the harness's own results say what it found",
    )


def _written(row: _LmEvalRow, file: str) -> Cell:
    """The one text that is left of what the model wrote."""
    value: Any = row.sample.filtered_resps
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list):
        raise DataError(
            file,
            f"{len(value)} responses to one request, and a prediction is one",
            line=row.line,
            hint="choose a filter that takes one of them: --filter NAME",
        )
    return _text(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
