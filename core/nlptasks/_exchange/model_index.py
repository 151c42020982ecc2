"""The front matter of a Hub model card: ``model-index``, a list of models with results by task and data set.

What has no place there stands under the key ``nlptasks`` of the front matter, a JSON text for each record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered
from nlptasks._exchange.parsing import Count, MappingOrNone, Number, Text, parse_yaml
from nlptasks._exchange.parts import data_key, one_part
from nlptasks._exchange.whole import packed_text, unpacked_text
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result

_OWN = "nlptasks"

#: A text with a number in front: ``20.0 ± 1.2``, ``91.3 %``.
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:%|±.*|\(.*)?\s*")

_WHAT = "the front matter of a model card"


def _first_number(value: Any) -> Any:
    """The number that a text begins with, where it is one; else the value as it is, for the model to judge."""
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return float(found[1]) if found else value


#: What the Hub calls the tasks that nlptasks ships with.
HUB_TASKS = MappingProxyType(
    {
        "classification": "text-classification",
        "generation": "text-generation",
        "qa": "question-answering",
        "sentiment": "text-classification",
        "summarization": "summarization",
        "translation": "translation",
    }
)


class _CardTask(Lenient):
    type: Text
    name: Text = ""

    @property
    def ours(self) -> str:
        """What the task is called here: as an export names it, else as the Hub does."""
        return self.name if HUB_TASKS.get(self.name) == self.type else self.type


class _CardDataArgs(Lenient):
    n: Count = 0


class _CardDataset(Lenient):
    type: Text
    name: Text = ""
    config: Text = ""
    split: Text = ""
    revision: Text = ""
    args: Annotated[_CardDataArgs | None, MappingOrNone] = None


class _CardMetricArgs(Lenient):
    n: Count = 0
    interval_95: list[Number] = Field(default_factory=list)


class _CardMetric(Lenient):
    type: Text
    value: Annotated[Number, BeforeValidator(_first_number)]
    config: Text = ""
    args: Annotated[_CardMetricArgs | None, MappingOrNone] = None


class _CardResult(Lenient):
    task: _CardTask
    dataset: _CardDataset
    metrics: list[_CardMetric]


class _CardSystem(Lenient):
    name: Text
    results: list[_CardResult]


class _CardFile(Lenient):
    index: list[_CardSystem] = Field(alias="model-index")
    own: list[Text] = Field(alias="nlptasks", default_factory=list)


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    import yaml

    # The Hub's library reads all that a card holds as results of the last model that it names.
    one_part(records, "a model card", data_key)
    content = {
        "model-index": [{"name": records[0].model.name, "results": list(map(_result_of, records))}],
        _OWN: [packed_text(record) for record in records],
    }
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1 << 30)
    return f"---\n{body}---\n"


def _result_of(record: Record) -> dict[str, Any]:
    data = record.dataset
    dataset: dict[str, Any] = {"type": hub_dataset(data.source) or data.name, "name": data.name}
    more = {"config": data.benchmark, "split": data.split, "revision": data.revision}
    dataset.update({key: value for key, value in more.items() if value})
    dataset["args"] = {"sha256": data.sha256, "n": data.n}
    return {
        "task": {"type": HUB_TASKS.get(record.task, record.task), "name": record.task},
        "dataset": dataset,
        "metrics": [_metric(name, result) for name, result in ordered(record) if result.value is not None],
    }


def _metric(name: str, result: Result) -> dict[str, Any]:
    args: dict[str, Any] = {"signature": result.signature, "n": result.n}
    if result.low is not None and result.high is not None:
        args["interval_95"] = [result.low, result.high]
    return {"type": name, "value": result.value, "name": name, "args": args, "verified": False}


def load(text: str, file: str, model: str) -> Found:
    """Read a model card or its front matter; see :class:`nlptasks._exchange.formats.Exchange`."""
    card = parse_yaml(_front_matter(text), file, _WHAT).checked(_CardFile)
    shown = tuple(record for system in card.index for record in _records(system, model))
    whole = tuple(unpacked_text(item, file, f"{_OWN}[{number}]") for number, item in enumerate(card.own))
    return Found(shown=shown, whole=whole)


def _front_matter(text: str) -> str:
    """The YAML between the first two lines of dashes; all of the text where it does not begin with one."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        return text
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "..."))
    # The first line stays as an empty one, so that errors name the file's own lines.
    return "\n".join(["", *lines[1 : next(ends, len(lines))]])


def _records(system: _CardSystem, model: str) -> Iterator[Record]:
    for result in system.results:
        data, scores = result.dataset, dict(_scores(result))
        if not scores:
            continue
        yield Record(
            task=result.task.ours,
            primary=next(iter(scores)),
            dataset=Dataset(
                name=data.name or data.type,
                benchmark=data.config,
                split=data.split,
                revision=data.revision,
                sha256="",
                n=data.args.n if data.args else 0,
                source=data.type,
            ),
            model=Model(name=model or system.name),
            scores=scores,
        )


def _scores(result: _CardResult) -> Iterator[tuple[str, Result]]:
    taken: dict[str, int] = {}
    for metric in result.metrics:
        name, args = metric.type, metric.args or _CardMetricArgs()
        taken[name] = taken.get(name, 0) + 1
        shown = name if taken[name] == 1 else f"{name} ({taken[name]})"
        ends = args.interval_95
        about = f"config:{metric.config or 'none'}|split:{result.dataset.split or 'unknown'}"
        said = f"imported:model-index|metric:{name}|{about}"
        interval = (ends[0], ends[1]) if len(ends) == 2 else None
        yield shown, imported_result(metric.value, said=said, metric=name, n=args.n, interval=interval)
