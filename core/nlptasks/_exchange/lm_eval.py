"""A result file of lm-evaluation-harness: ``results{task: {"metric,filter": value}}`` and what stands beside it.

Its tasks are data sets, so a record is exported under the name of its data set. A standard error that is not there is
the text ``N/A``; a percentile interval is none, so an export says ``N/A`` too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered
from nlptasks._exchange.tree import Node, parse_json, text_at
from nlptasks._exchange.whole import packed, unpacked
from nlptasks.errors import UsageError
from nlptasks.records.schema import Dataset, Model, Record, Result, Run
from nlptasks.text.display import one_line

#: The key of the whole records; other tools pass over keys that they do not know.
_OWN = "nlptasks"

_NOT_METRICS = ("alias", "name", "samples", "sample_len", "sample_count")
_MISSING = "N/A"
_FILTER = "none"


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    _check(records)
    named = {record.dataset.name: record for record in records}
    first = records[0]
    content: dict[str, Any] = {
        "results": {name: _metrics(record) for name, record in named.items()},
        "group_subtasks": {name: [] for name in named},
        "configs": {name: _config(record) for name, record in named.items()},
        "versions": {name: record.dataset.revision or None for name, record in named.items()},
        "n-shot": dict.fromkeys(named, 0),
        "higher_is_better": {
            name: {_split(metric)[0]: result.higher_is_better for metric, result in record.scores.items()}
            for name, record in named.items()
        },
        "n-samples": {
            name: {"original": record.dataset.n, "effective": record.dataset.n} for name, record in named.items()
        },
        "config": {
            "model": "nlptasks",
            "model_args": first.model.backbone or first.model.name,
            "model_num_parameters": first.model.parameters,
            "model_dtype": first.model.dtype,
            "limit": first.run.limit or None,
        },
        "git_hash": first.run.commit or None,
        "transformers_version": first.run.versions.get("transformers"),
        "model_source": "nlptasks",
        "model_name": first.model.name,
        "model_name_sanitized": re.sub(r"[\"<>:/|\\?*\[\]]+", "__", first.model.name),
        "total_evaluation_time_seconds": str(sum(record.cost.seconds for record in records)),
        _OWN: [packed(record) for record in records],
    }
    return json.dumps(content, indent=2) + "\n"


def _check(records: Sequence[Record]) -> None:
    models = {record.model.name for record in records}
    if len(models) > 1:
        raise UsageError(
            f"a file of lm-eval is of one model, and these records are of {len(models)}",
            hint="export the records of each system into a file of its own",
        )
    names = [record.dataset.name for record in records]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(
            f"two of these records are of the data set {one_line(twice, 60)!r}, and a file of lm-eval has one result "
            "for each",
            hint="export them into files of their own",
        )


def _metrics(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"alias": record.dataset.name, "sample_len": record.dataset.n}
    for name, result in ordered(record):
        if result.value is not None:
            metric, filter_ = _split(name)
            found[f"{metric},{filter_}"] = result.value
            found[f"{metric}_stderr,{filter_}"] = _MISSING
    return found


def _config(record: Record) -> dict[str, Any]:
    data = record.dataset
    return {
        "task": data.name,
        "tag": record.task,
        "dataset_path": hub_dataset(data.source) or data.source or data.name,
        "test_split": data.split or None,
        "metadata": {"version": data.revision or None, "sha256": data.sha256},
    }


def _split(name: str) -> tuple[str, str]:
    """A metric and its filter: lm-eval writes ``metric,filter``, and a metric of nlptasks has no filter."""
    metric, comma, filter_ = name.partition(",")
    return (metric, filter_) if comma else (name, _FILTER)


def load(text: str, file: str, model: str) -> Found:
    """Read a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    root = parse_json(text, file)
    shown = tuple(_shown(root, model))
    own = root.get(_OWN)
    whole = tuple(unpacked(node.value, file, node.path) for node in own.items()) if own else ()
    return Found(shown=shown, whole=whole)


def _shown(root: Node, model: str) -> Iterator[Record]:
    for name, node in root.at("results").pairs():
        values = {key: found for key, found in node.pairs() if _is_metric(key, found)}
        scores = {_joined(key): _result(root, name, key, found, node) for key, found in values.items()}
        if not scores:
            continue  # a group, or a task of which only the name is told
        config = root.get("configs")
        said = config.get(name) if config else None
        yield Record(
            task=text_at(said, "tag") if said and isinstance(_value(said, "tag"), str) else name,
            primary=next(iter(scores)),
            dataset=Dataset(
                name=name,
                split=text_at(said, "test_split") or text_at(said, "validation_split"),
                revision=_version(root, name),
                sha256="",
                n=_n(root, name, node),
                source=text_at(said, "dataset_path"),
            ),
            model=_model(root, model),
            run=Run(commit=text_at(root, "git_hash"), versions=_versions(root)),
            scores=scores,
        )


def _is_metric(key: str, node: Node) -> bool:
    return key not in _NOT_METRICS and not _split(key)[0].endswith("_stderr") and node.is_number()


def _joined(key: str) -> str:
    metric, filter_ = _split(key)
    return metric if filter_ == _FILTER else f"{metric},{filter_}"


def _result(root: Node, task: str, key: str, node: Node, metrics: Node) -> Result:
    metric, filter_ = _split(key)
    error = metrics.get(f"{metric}_stderr,{filter_}") or metrics.get(f"{metric}_stderr")
    better = _below(root, "higher_is_better", task, metric)
    shots = _below(root, "n-shot", task)
    version = _version(root, task) or "unknown"
    said = f"imported:lm-eval|metric:{metric}|filter:{filter_}|version:{version}"
    if shots is not None:
        said += f"|shots:{shots.texts()}"
    if better is None:
        said += "|direction:unknown"
    return imported_result(
        node.number(),
        said=said,
        n=_n(root, task, metrics),
        error=error.number() if error and error.is_number() else None,
        higher_is_better=better.truth() if better else True,
    )


def _n(root: Node, task: str, metrics: Node) -> int:
    found = _below(root, "n-samples", task, "effective") or metrics.get("sample_len") or metrics.get("samples")
    return found.count() if found else 0


def _version(root: Node, task: str) -> str:
    found = _below(root, "versions", task)
    return "" if found is None or found.value == _MISSING else found.texts()


def _versions(root: Node) -> dict[str, str]:
    """Versions of the harness and of transformers, where the file has them."""
    said = {"lm-eval": "lm_eval_version", "transformers": "transformers_version"}
    return {name: text for name, key in said.items() if (text := text_at(root, key))}


def _model(root: Node, model: str) -> Model:
    config = root.get("config")
    arguments = config.get("model_args") if config else None
    parameters = config.get("model_num_parameters") if config else None
    name = model or text_at(root, "model_name") or (arguments.texts() if arguments else "")
    if not name:
        raise UsageError(f"{root.file} does not name its model", hint="name it: --model NAME")
    return Model(
        name=name,
        parameters=parameters.count() if parameters and parameters.is_number() and _known(parameters) else 0,
        dtype=text_at(config, "model_dtype"),
    )


def _known(parameters: Node) -> bool:
    """lm-eval writes -1 for a number of weights that it does not know."""
    return (parameters.number() or 0) > 0


def _below(root: Node, *keys: str) -> Node | None:
    """A value some levels down; ``None`` where one of them is not there."""
    node: Node | None = root
    for key in keys:
        node = node.get(key) if node and isinstance(node.value, dict) else None
    return node


def _value(node: Node, key: str) -> object:
    found = node.get(key)
    return found.value if found else None
