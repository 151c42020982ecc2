"""The front matter of a Hub model card: ``model-index``, a list of models with results by task and data set.

What has no place there stands under the key ``nlptasks`` of the front matter, a JSON text for each record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered
from nlptasks._exchange.tree import Node, parse_yaml, text_at
from nlptasks._exchange.whole import packed_text, unpacked_text
from nlptasks.records.schema import Dataset, Model, Record, Result

_OWN = "nlptasks"

#: A text with a number in front: ``20.0 ± 1.2``, ``91.3 %``.
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:%|±.*|\(.*)?\s*")


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    import yaml

    models: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        models.setdefault(record.model.name, []).append(_result_of(record))
    content = {
        "model-index": [{"name": name, "results": results} for name, results in models.items()],
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
        "task": {"type": record.task, "name": record.task},
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
    root = parse_yaml(_front_matter(text), file)
    index = root.at("model-index")
    shown = tuple(record for node in index.items() for record in _records(node, model))
    own = root.get(_OWN)
    whole = tuple(unpacked_text(node.words(), file, node.path) for node in own.items()) if own else ()
    return Found(shown=shown, whole=whole)


def _front_matter(text: str) -> str:
    """The YAML between the first two lines of dashes; all of the text where it does not begin with one."""
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        return text
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "..."))
    # The first line stays as an empty one, so that errors name the file's own lines.
    return "\n".join(["", *lines[1 : next(ends, len(lines))]])


def _records(node: Node, model: str) -> Iterator[Record]:
    name = model or node.at("name").words()
    for result in node.at("results").items():
        task, data = result.at("task"), result.at("dataset")
        args = data.get("args")
        count = args.get("n") if args and isinstance(args.value, dict) else None
        scores = dict(_scores(result, data))
        if not scores:
            continue
        yield Record(
            task=task.at("type").words(),
            primary=next(iter(scores)),
            dataset=Dataset(
                name=text_at(data, "name") or data.at("type").words(),
                benchmark=text_at(data, "config"),
                split=text_at(data, "split"),
                revision=text_at(data, "revision"),
                sha256="",
                n=count.count() if count else 0,
                source=data.at("type").words(),
            ),
            model=Model(name=name),
            scores=scores,
        )


def _scores(result: Node, data: Node) -> Iterator[tuple[str, Result]]:
    taken: dict[str, int] = {}
    for metric in result.at("metrics").items():
        name = metric.at("type").words()
        taken[name] = taken.get(name, 0) + 1
        shown = name if taken[name] == 1 else f"{name} ({taken[name]})"
        args = metric.get("args")
        known = args if args and isinstance(args.value, dict) else None
        interval, count = (known.get("interval_95"), known.get("n")) if known else (None, None)
        ends = [node.number() for node in interval.items()] if interval else []
        config = text_at(metric, "config")
        said = (
            f"imported:model-index|metric:{name}|config:{config or 'none'}|split:{text_at(data, 'split') or 'unknown'}"
        )
        yield (
            shown,
            imported_result(
                _value(metric.at("value")),
                said=said,
                n=count.count() if count else 0,
                interval=(ends[0], ends[1]) if len(ends) == 2 and None not in ends else None,  # type: ignore[arg-type]
            ),
        )


def _value(node: Node) -> float | None:
    """A number; cards also hold texts such as ``20.0 ± 1.2``, whose first number is the value."""
    if node.is_number():
        return node.number()
    found = _NUMBER.fullmatch(node.value) if isinstance(node.value, str) else None
    if found is None:
        node.number()  # says what is wrong
        return None
    return float(found[1])
