"""A file of a Hub model's ``.eval_results`` folder: a list of benchmark data sets with one value each.

The format names no metric and allows no keys of one's own, so an entry holds the primary metric, its ``notes`` say
which that is, and the whole records stand in comments in front, which other tools pass over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result
from nlptasks._exchange.parsing import Number, Text, parse_yaml
from nlptasks._exchange.parts import one_part
from nlptasks._exchange.whole import packed_text, unpacked_text
from nlptasks.errors import UsageError
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result
from nlptasks.text.display import one_line

_OWN = "# nlptasks: "

#: Name of a value whose metric an entry does not tell.
_VALUE = "value"

_NOTE = "nlptasks: metric "

_WHAT = "a file of .eval_results"


class _HubDataset(Lenient):
    id: Text
    task_id: Text = ""
    config: Text = ""
    split: Text = ""
    revision: Text = ""


class _HubMetric(Lenient):
    metric_id: Text
    value: Number


class _HubEntry(Lenient):
    dataset: _HubDataset
    value: Number | None = None
    metrics: list[_HubMetric] | None = None
    notes: Text = ""


def key(record: Record) -> Hashable:
    """What tells two records apart in a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    return record.task, _id(record.dataset), record.dataset.revision


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    import yaml

    one_part(records, "a file of .eval_results", key)
    entries = [_entry(record) for record in records if _primary(record) is not None]
    own = "".join(f"{_OWN}{packed_text(record)}\n" for record in records)
    return own + yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=1 << 30)


def _primary(record: Record) -> float | None:
    result = record.scores.get(record.primary)
    return result.value if result else None


def _id(data: Dataset) -> str:
    return hub_dataset(data.source, data.name) or data.name


def _entry(record: Record) -> dict[str, Any]:
    data, result = record.dataset, record.scores[record.primary]
    dataset: dict[str, Any] = {"id": _id(data), "task_id": record.task}
    if data.revision:
        dataset["revision"] = data.revision
    interval = "" if result.low is None or result.high is None else f"; 95 % interval {result.low} to {result.high}"
    notes = f"{_NOTE}{record.primary}; n {result.n}{interval}; signature {result.signature}"
    return {"dataset": dataset, "value": result.value, "notes": one_line(notes, 2_000)}


def load(text: str, file: str, model: str) -> Found:
    """Read a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    lines = [line for line in text.split("\n") if line.startswith(_OWN)]
    whole = tuple(unpacked_text(line.removeprefix(_OWN), file, f"the comment {at}") for at, line in enumerate(lines, 1))
    model = model or next((record.model.name for record in whole), "")
    parsed = parse_yaml(text, file, _WHAT)
    entries = parsed.checked_items(_HubEntry) if parsed.value is not None else []
    if entries and not model:
        raise UsageError(f"{file} does not name its model", hint="name it: --model NAME")
    for number, entry in enumerate(entries):
        if entry.value is None and not entry.metrics:
            raise parsed.error((number,), "has no 'value'")
    return Found(shown=tuple(_record(entry, model) for entry in entries), whole=whole)


def _record(entry: _HubEntry, model: str) -> Record:
    data, scores = entry.dataset, dict(_scores(entry))
    return Record(
        task=data.task_id or data.config or "unknown",
        primary=next(iter(scores)),
        dataset=Dataset(
            name=data.id,
            benchmark=data.config,
            split=data.split,
            revision=data.revision,
            sha256="",
            n=0,
            source=data.id,
        ),
        model=Model(name=model),
        scores=scores,
    )


def _scores(entry: _HubEntry) -> Iterator[tuple[str, Result]]:
    """The value of an entry, or the values of the list ``metrics`` that a proposal for the format has."""
    several: list[tuple[str, float | None]] = [(metric.metric_id, metric.value) for metric in entry.metrics or ()]
    for name, value in several or [(_named(entry.notes), entry.value)]:
        yield name, imported_result(value, said=f"imported:eval-results|metric:{name}", metric=name)


def _named(notes: str) -> str:
    """The metric that an export's notes name."""
    return notes.removeprefix(_NOTE).partition(";")[0] or _VALUE if notes.startswith(_NOTE) else _VALUE
