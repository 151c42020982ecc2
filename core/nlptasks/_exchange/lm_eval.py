"""A result file of lm-evaluation-harness: ``results{task: {"metric,filter": value}}`` and what stands beside it.

Its tasks are data sets, so a record is exported under the name of its data set. A standard error that is not there is
the text ``N/A``; a percentile interval is none, so an export says ``N/A`` too.

Metrics keep the names that the harness gives them, but for its ``perplexity``: that is by the target, whatever number
of tokens it has, and ours by the word, which it calls ``word_perplexity``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import hub_dataset, imported_result, ordered
from nlptasks._exchange.parsing import AnyText, Count, NumberIfAny, Present, Text, is_number, parse_json
from nlptasks._exchange.parts import one_part
from nlptasks._exchange.whole import packed, unpacked
from nlptasks.errors import UsageError
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

#: The key of the whole records; other tools pass over keys that they do not know.
_OWN = "nlptasks"

#: What metrics are called here that the harness calls otherwise.
_THEIR_NAMES = {"perplexity": "word_perplexity", "token-perplexity": "perplexity"}
_OUR_NAMES = {"perplexity": "token-perplexity"}

#: No data set has so many samples.
_MANY = 1e15

_MISSING = "N/A"
_FILTER = "none"
_WHAT = "a result file of lm-evaluation-harness"


class _LmEvalMetrics(Lenient):
    """What stands beside the values of a task's metrics, which have any names."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, NumberIfAny]

    alias: Any = None
    name: Any = None
    samples: Count | None = None
    sample_len: Count | None = None
    sample_count: Any = None

    @property
    def values(self) -> dict[str, float]:
        """The numbers, standard errors among them."""
        return {name: value for name, value in self.__pydantic_extra__.items() if is_number(value)}


class _LmEvalConfig(Lenient):
    tag: Any = None
    test_split: Text = ""
    validation_split: Text = ""
    dataset_path: Text = ""


class _LmEvalSamples(Lenient):
    original: Count | None = None
    effective: Count | None = None


class _LmEvalModelConfig(Lenient):
    model_args: AnyText = ""
    limit: NumberIfAny = None
    model_num_parameters: NumberIfAny = None
    model_dtype: Text = ""


class _LmEvalFile(Lenient):
    results: dict[str, _LmEvalMetrics]
    configs: Annotated[dict[str, _LmEvalConfig], Present] = Field(default_factory=dict)
    versions: Annotated[dict[str, AnyText], Present] = Field(default_factory=dict)
    shots: Annotated[dict[str, AnyText], Present] = Field(alias="n-shot", default_factory=dict)
    higher_is_better: Annotated[dict[str, Annotated[dict[str, bool], Present]], Present] = Field(default_factory=dict)
    samples: Annotated[dict[str, _LmEvalSamples], Present] = Field(alias="n-samples", default_factory=dict)
    config: _LmEvalModelConfig = Field(default_factory=_LmEvalModelConfig)
    model_name: Text = ""
    git_hash: Text = ""
    lm_eval_version: Text = ""
    transformers_version: Text = ""
    own: list[Any] = Field(alias="nlptasks", default_factory=list)


def key(record: Record) -> Hashable:
    """What tells two records apart in a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    return record.dataset.name


def dump(records: Sequence[Record], _now: int) -> str:
    """The text of a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    one_part(records, "a file of lm-eval", key)
    named = {record.dataset.name: record for record in records}
    first = records[0]
    content: dict[str, Any] = {
        "results": {name: _metrics(record) for name, record in named.items()},
        "group_subtasks": {name: [] for name in named},
        "configs": {name: _config(record) for name, record in named.items()},
        "versions": {name: record.dataset.revision or None for name, record in named.items()},
        "n-shot": dict.fromkeys(named, 0),
        "higher_is_better": {
            name: {_theirs(metric)[0]: result.higher_is_better for metric, result in record.scores.items()}
            for name, record in named.items()
        },
        # How many the data have in all is not known where only a part was asked for.
        "n-samples": {
            name: {"original": None if record.run.limit else record.dataset.n, "effective": record.dataset.n}
            for name, record in named.items()
        },
        "config": {
            "model": "nlptasks",
            "model_args": first.model.backbone or first.model.name,
            "model_num_parameters": first.model.parameters,
            "model_dtype": first.model.dtype,
            "limit": max(record.run.limit for record in records) or None,
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


def _metrics(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"alias": record.dataset.name, "sample_len": record.dataset.n}
    for name, result in ordered(record):
        if result.value is not None:
            metric, filter_ = _theirs(name)
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


def _theirs(name: str) -> tuple[str, str]:
    """What the harness calls a metric, and its filter."""
    metric, filter_ = _split(name)
    return _THEIR_NAMES.get(metric, metric), filter_


def load(text: str, file: str, model: str) -> Found:
    """Read a file; see :class:`nlptasks._exchange.formats.Exchange`."""
    found = parse_json(text, file, _WHAT).checked(_LmEvalFile)
    shown = tuple(_shown(found, file, model))
    whole = tuple(unpacked(item, file, f"{_OWN}[{number}]") for number, item in enumerate(found.own))
    return Found(shown=shown, whole=whole)


def _shown(found: _LmEvalFile, file: str, model: str) -> Iterator[Record]:
    for name, metrics in found.results.items():
        keys = [key for key in metrics.values if not _split(key)[0].endswith("_stderr")]
        if not keys:
            continue  # a group, or a task of which only the name is told
        scores = {_joined(key): _result(found, name, key) for key in keys}
        config = found.configs.get(name, _LmEvalConfig())
        yield Record(
            task=config.tag if isinstance(config.tag, str) else name,
            primary=next(iter(scores)),
            dataset=Dataset(
                name=name,
                split=config.test_split or config.validation_split,
                revision=_version(found, name),
                sha256="",
                n=_n(found, name),
                source=config.dataset_path,
            ),
            model=_model(found, file, model),
            run=Run(commit=found.git_hash, versions=_versions(found), limit=_limit(found, name)),
            scores=scores,
        )


def _joined(key: str) -> str:
    metric, filter_ = _split(key)
    metric = _OUR_NAMES.get(metric, metric)
    return metric if filter_ == _FILTER else f"{metric},{filter_}"


def _result(found: _LmEvalFile, task: str, key: str) -> Result:
    values = found.results[task].values
    metric, filter_ = _split(key)
    better = found.higher_is_better.get(task, {}).get(metric)
    said = f"imported:lm-eval|metric:{metric}|filter:{filter_}|version:{_version(found, task) or 'unknown'}"
    if task in found.shots:
        said += f"|shots:{found.shots[task]}"
    return imported_result(
        values[key],
        said=said,
        metric=metric,
        n=_n(found, task),
        error=values.get(f"{metric}_stderr,{filter_}", values.get(f"{metric}_stderr")),
        higher_is_better=better,
    )


def _n(found: _LmEvalFile, task: str) -> int:
    metrics, samples = found.results[task], found.samples.get(task, _LmEvalSamples())
    counts = (samples.effective, metrics.sample_len, metrics.samples)
    return next((count for count in counts if count is not None), 0)


def _limit(found: _LmEvalFile, task: str) -> int:
    """How many samples were asked for where these are not all; 0: all are there, as far as the file tells."""
    samples = found.samples.get(task, _LmEvalSamples())
    if samples.original is not None and samples.effective is not None:
        return max(samples.effective, 1) if samples.effective < samples.original else 0
    given = found.config.limit
    if not is_number(given) or not given > 0:
        return 0
    # Below 1 it is a part of the data, and the file may not tell how many samples that is.
    return int(given) if 1 <= given < _MANY else max(_n(found, task), 1)


def _version(found: _LmEvalFile, task: str) -> str:
    version = found.versions.get(task, "")
    return "" if version == _MISSING else version


def _versions(found: _LmEvalFile) -> dict[str, str]:
    """Versions of the harness and of transformers, where the file has them."""
    said = {"lm-eval": found.lm_eval_version, "transformers": found.transformers_version}
    return {name: text for name, text in said.items() if text}


def _model(found: _LmEvalFile, file: str, model: str) -> Model:
    config = found.config
    name = model or found.model_name or config.model_args
    if not name:
        raise UsageError(f"{file} does not name its model", hint="name it: --model NAME")
    return Model(name=name, parameters=_parameters(config.model_num_parameters), dtype=config.model_dtype)


def _parameters(value: object) -> int:
    """lm-eval writes -1 for a number of weights that it does not know, and other texts."""
    return int(value) if isinstance(value, float) and value > 0 and value.is_integer() else 0
