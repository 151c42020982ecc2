"""The Every Eval Ever schema, version 0.3.0: one model with a list of results.

All values of its ``additional_details`` are texts, and only there does it allow keys of one's own: the whole records
stand in those of ``eval_library``, as one JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered
from nlptasks._exchange.tree import Node, parse_json, text_at
from nlptasks._exchange.whole import packed, unpacked
from nlptasks._version import __version__
from nlptasks.errors import UsageError
from nlptasks.records.schema import Dataset, Json, Model, Record, Result, Run

_SCHEMA = "0.3.0"

#: Beginnings of the versions that can be read; what is read here is the same in both.
_READABLE = ("0.2.", "0.3.")

_OWN = "nlptasks_records"
_LEVEL = 0.95


def dump(records: Sequence[Record], now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    models = {record.model.name for record in records}
    if len(models) > 1:
        raise UsageError(
            f"a file of Every Eval Ever is of one model, and these records are of {len(models)}",
            hint="export the records of each system into a file of its own",
        )
    first = records[0]
    whole = [packed(record) for record in records]
    content = {
        "schema_version": _SCHEMA,
        "evaluation_id": f"{first.dataset.name}/{first.model.name}/{now}",
        "retrieved_timestamp": str(now),
        "source_metadata": {
            "source_name": "nlptasks",
            "source_type": "documentation" if not any(record.digests for record in records) else "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
        "eval_library": {
            "name": "nlptasks",
            "version": __version__,
            "additional_details": {_OWN: json.dumps(whole, sort_keys=True, separators=(",", ":"))},
        },
        "model_info": {
            "name": first.model.name,
            "id": first.model.name,
            "additional_details": _details(
                deployment_type="self_deployed" if first.model.digest or first.model.weights else "unknown",
                model_availability="unknown",
                num_parameters=first.model.parameters,
                dtype=first.model.dtype,
                backbone=first.model.backbone,
                weights_sha256=first.model.weights,
                backbone_sha256=first.model.digest,
            ),
        },
        "evaluation_results": [
            _result_of(record, name, result)
            for record in records
            for name, result in ordered(record)
            if result.value is not None
        ],
    }
    return json.dumps(content, indent=2) + "\n"


def _details(**values: Json) -> dict[str, str]:
    """What is known, each value as a text."""
    return {name: str(value) for name, value in values.items() if value not in ("", None, 0)}


def _result_of(record: Record, name: str, result: Result) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {"num_samples": result.n}
    if result.low is not None and result.high is not None:
        uncertainty["confidence_interval"] = {
            "lower": result.low,
            "upper": result.high,
            "confidence_level": _LEVEL,
            "method": _method(result.signature),
        }
    low, high = result.scale
    return {
        "evaluation_result_id": f"{record.id}.{name}",
        "evaluation_name": record.dataset.name,
        "source_data": _source(record),
        "metric_config": {
            "metric_id": name,
            "metric_name": name,
            "lower_is_better": not result.higher_is_better,
            "score_type": "continuous",
            "min_score": "-Infinity" if low is None else low,
            "max_score": "Infinity" if high is None else high,
            "additional_details": _details(
                task=record.task,
                signature=result.signature,
                baseline=result.baseline,
                primary="yes" if name == record.primary else "no",
            ),
        },
        "score_details": {"score": result.value, "uncertainty": uncertainty},
    }


def _method(signature: str) -> str:
    """How a signature says that an interval was made."""
    parts = [part for part in signature.split("|") if part.startswith(("ci:", "bs:", "seed:", "cluster:"))]
    return "|".join(parts).removeprefix("ci:") or "unknown"


def _source(record: Record) -> dict[str, Any]:
    data = record.dataset
    details = _details(
        benchmark=data.benchmark,
        split=data.split,
        revision=data.revision,
        sha256=data.sha256,
        samples=data.n,
        language=data.language,
        licence=data.licence,
    )
    found: dict[str, Any] = {"dataset_name": data.name, "source_type": "other", "additional_details": details}
    if hub := hub_dataset(data.source):
        found |= {"source_type": "hf_dataset", "hf_repo": hub, "samples_number": data.n}
        found |= {"hf_split": data.split} if data.split else {}
    elif data.source.startswith(("http://", "https://")):
        found |= {"source_type": "url", "url": [data.source]}
    return found


def load(text: str, file: str, model: str) -> Found:
    """Read a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    root = parse_json(text, file)
    version = root.at("schema_version")
    if not version.words().startswith(_READABLE):
        version.fail(f"the schema {version.words()!r} is not known here", hint=f"known are {_SCHEMA} and 0.2")
    library = root.get("eval_library")
    details = library.get("additional_details") if library else None
    own = details.get(_OWN) if details else None
    return Found(shown=tuple(_records(root, model)), whole=tuple(_whole(own)) if own else ())


def _whole(own: Node) -> Iterator[Record]:
    for node in Node(parse_json(own.words(), own.file).value, own.file, own.path).items():
        yield unpacked(node.value, node.file, node.path)


def _records(root: Node, model: str) -> Iterator[Record]:
    """A record for each evaluation of each data set, in the order of their first results."""
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in root.at("evaluation_results").items():
        name = node.at("evaluation_name").words()
        # Several evaluations of one data set (with other seeds, say) are told apart by the first part of their ids.
        part = text_at(node, "evaluation_result_id").partition(".")[0] if _by_us(root) else ""
        groups.setdefault((name, part), []).append(node)
    info = root.at("model_info")
    for (name, _), nodes in groups.items():
        scores: dict[str, Result] = {}
        for node in nodes:
            scores[_free(_metric(node), scores)] = _result(root, node)
        first = nodes[0]
        yield Record(
            task=text_at(_details_of(first.at("metric_config")), "task") or name,
            primary=next(iter(scores)),
            dataset=_dataset(name, first.at("source_data"), max(result.n for result in scores.values())),
            model=Model(name=model or text_at(info, "name") or info.at("id").words()),
            run=Run(versions=_versions(root)),
            scores=scores,
        )


def _by_us(root: Node) -> bool:
    return text_at(root.get("eval_library"), "name") == "nlptasks"


def _versions(root: Node) -> dict[str, str]:
    library = root.get("eval_library")
    name = text_at(library, "name")
    return {name: text_at(library, "version")} if name and not _by_us(root) else {}


def _details_of(node: Node) -> Node | None:
    return node.get("additional_details")


def _metric(node: Node) -> str:
    config = node.at("metric_config")
    names = (text_at(config, key) for key in ("metric_id", "metric_name", "evaluation_description"))
    return next(filter(None, names), "score")


def _free(name: str, taken: dict[str, Result]) -> str:
    """The name, with a number where it is taken."""
    names = [name, *(f"{name} ({at})" for at in range(2, len(taken) + 2))]
    return next(found for found in names if found not in taken)


def _dataset(name: str, source: Node, n: int) -> Dataset:
    details = _details_of(source)
    urls = source.get("url")
    first = next((node.words() for node in urls.items()), "") if urls else ""
    return Dataset(
        name=name,
        benchmark=text_at(details, "benchmark"),
        split=text_at(source, "hf_split") or text_at(details, "split"),
        revision=text_at(details, "revision"),
        sha256=text_at(details, "sha256"),
        n=n,
        language=text_at(details, "language"),
        licence=text_at(details, "licence"),
        source=text_at(source, "hf_repo") or first or text_at(source, "dataset_name"),
    )


def _result(root: Node, node: Node) -> Result:
    config, score = node.at("metric_config"), node.at("score_details")
    uncertainty = score.get("uncertainty")
    count = uncertainty.get("num_samples") if uncertainty else None
    error = uncertainty.get("standard_error") if uncertainty else None
    library = text_at(root.get("eval_library"), "name") or "unknown"
    return imported_result(
        score.at("score").number(),
        said=f"imported:every-eval-ever|library:{library}|metric:{_metric(node)}",
        n=count.count() if count else 0,
        error=error.at("value").number() if error else None,
        interval=_interval(uncertainty.get("confidence_interval")) if uncertainty else None,
        higher_is_better=not config.at("lower_is_better").truth(),
        scale=(_end(config.get("min_score")), _end(config.get("max_score"))),
    )


def _interval(node: Node | None) -> tuple[float, float] | None:
    """A 95 % interval; one of another level, or of none that is told, is no such."""
    level = node.get("confidence_level") if node else None
    if node is None or level is None or level.number() != _LEVEL:
        return None
    low, high = node.at("lower").number(), node.at("upper").number()
    return None if low is None or high is None else (low, high)


def _end(node: Node | None) -> float | None:
    """An end of a scale; infinity is written as a text."""
    return node.number() if node and node.is_number() else None
