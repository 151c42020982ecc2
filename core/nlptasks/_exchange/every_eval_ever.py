"""The Every Eval Ever schema, version 0.3.0: one model with a list of results.

All values of its ``additional_details`` are texts, and only there does it allow keys of one's own: the whole records
stand in those of ``eval_library``, as one JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import free_name, hub_dataset, imported_result, ordered
from nlptasks._exchange.parsing import Count, Number, Text, is_number, parse_json
from nlptasks._exchange.parts import data_key, one_part
from nlptasks._exchange.whole import packed, unpacked_list
from nlptasks._version import __version__
from nlptasks.files.validated import Lenient
from nlptasks.records.canonical import Json
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

_SCHEMA = "0.3.0"

#: Beginnings of the versions that can be read; what is read here is the same in both.
_READABLE = ("0.2.", "0.3.")

_OWN = "nlptasks_records"
_LEVEL = 0.95
_WHAT = "a file of Every Eval Ever"


def _end(value: Any) -> Any:
    """An end of a scale; infinity is written as a text."""
    return value if is_number(value) else None


End = Annotated[Number | None, BeforeValidator(_end)]


class _EeeDetails(Lenient):
    """What an export of nlptasks writes into the details of several mappings."""

    own: Text = Field(alias="nlptasks_records", default="")
    task: Text = ""
    benchmark: Text = ""
    split: Text = ""
    revision: Text = ""
    sha256: Text = ""
    language: Text = ""
    licence: Text = ""


class _EeeLibrary(Lenient):
    name: Text = ""
    version: Text = ""
    additional_details: _EeeDetails = Field(default_factory=_EeeDetails)


class _EeeModel(Lenient):
    id: Text
    name: Text = ""


class _EeeSource(Lenient):
    dataset_name: Text = ""
    hf_repo: Text = ""
    hf_split: Text = ""
    url: list[Text] = Field(default_factory=list)
    additional_details: _EeeDetails = Field(default_factory=_EeeDetails)


class _EeeMetric(Lenient):
    lower_is_better: bool
    metric_id: Text = ""
    metric_name: Text = ""
    evaluation_description: Text = ""
    min_score: End = None
    max_score: End = None
    additional_details: _EeeDetails = Field(default_factory=_EeeDetails)

    @property
    def shown(self) -> str:
        """What a board calls the metric."""
        return self.metric_id or self.metric_name or self.evaluation_description or "score"


class _EeeError(Lenient):
    value: Number


class _EeeInterval(Lenient):
    lower: Number
    upper: Number
    confidence_level: Number | None = None


class _EeeUncertainty(Lenient):
    num_samples: Count = 0
    standard_error: _EeeError | None = None
    confidence_interval: _EeeInterval | None = None


class _EeeScore(Lenient):
    score: Number
    uncertainty: _EeeUncertainty = Field(default_factory=_EeeUncertainty)


class _EeeResult(Lenient):
    evaluation_name: Text
    evaluation_result_id: Text = ""
    source_data: _EeeSource
    metric_config: _EeeMetric
    score_details: _EeeScore


class _EeeFile(Lenient):
    eval_library: _EeeLibrary = Field(default_factory=_EeeLibrary)
    model_info: _EeeModel
    evaluation_results: list[_EeeResult]

    @property
    def by_us(self) -> bool:
        """Whether nlptasks wrote the file."""
        return self.eval_library.name == "nlptasks"


class _EeeHead(Lenient):
    """What tells whether the rest can be read."""

    schema_version: Text


def dump(records: Sequence[Record], now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    one_part(records, "a file of Every Eval Ever", data_key)
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
    parts = [
        part for part in signature.split("|") if part.startswith(("ci:", "se:", "groups:", "bs:", "seed:", "cluster:"))
    ]
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
    parsed = parse_json(text, file, _WHAT)
    version = parsed.checked(_EeeHead).schema_version
    if not version.startswith(_READABLE):
        raise parsed.error(
            ("schema_version",), f"the schema {version!r} is not known here", f"known are {_SCHEMA} and 0.2"
        )
    found = parsed.checked(_EeeFile)
    own = found.eval_library.additional_details.own
    place = f"eval_library.additional_details.{_OWN}"
    return Found(shown=tuple(_records(found, model)), whole=unpacked_list(own, file, place) if own else ())


def _records(found: _EeeFile, model: str) -> Iterator[Record]:
    """A record for each evaluation of each data set, in the order of their first results."""
    groups: dict[tuple[str, str], list[_EeeResult]] = {}
    for item in found.evaluation_results:
        # Several evaluations of one data set (with other seeds, say) are told apart by the first part of their ids.
        part = item.evaluation_result_id.partition(".")[0] if found.by_us else ""
        groups.setdefault((item.evaluation_name, part), []).append(item)
    library = found.eval_library
    for (name, _), items in groups.items():
        scores: dict[str, Result] = {}
        for item in items:
            scores[free_name(item.metric_config.shown, scores)] = _result(library.name, item)
        yield Record(
            task=items[0].metric_config.additional_details.task or name,
            primary=next(iter(scores)),
            dataset=_dataset(name, items[0].source_data, max(result.n for result in scores.values())),
            model=Model(name=model or found.model_info.name or found.model_info.id),
            run=Run(versions={library.name: library.version} if library.name and not found.by_us else {}),
            scores=scores,
        )


def _dataset(name: str, source: _EeeSource, n: int) -> Dataset:
    details = source.additional_details
    return Dataset(
        name=name,
        benchmark=details.benchmark,
        split=source.hf_split or details.split,
        revision=details.revision,
        sha256=details.sha256,
        n=n,
        language=details.language,
        licence=details.licence,
        source=source.hf_repo or next(iter(source.url), "") or source.dataset_name,
    )


def _result(library: str, item: _EeeResult) -> Result:
    config, uncertainty = item.metric_config, item.score_details.uncertainty
    error, interval = uncertainty.standard_error, uncertainty.confidence_interval
    if interval is not None and interval.confidence_level != _LEVEL:
        interval = None  # one of another level, or of none that is told, is no 95 % interval
    return imported_result(
        item.score_details.score,
        said=f"imported:every-eval-ever|library:{library or 'unknown'}|metric:{config.shown}",
        n=uncertainty.num_samples,
        error=error.value if error else None,
        interval=(interval.lower, interval.upper) if interval else None,
        higher_is_better=not config.lower_is_better,
        scale=(config.min_score, config.max_score),
    )
