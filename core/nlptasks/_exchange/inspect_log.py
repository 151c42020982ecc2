"""Logs of inspect_ai: a JSON file, or an archive (``.eval``) whose ``header.json`` is the same without samples.

Its tasks are data sets. A log has the metrics of each scorer, and one that is not complete has none.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from nlptasks._exchange.formats import Found
from nlptasks._exchange.numbers import free_name, hub_dataset, imported_result
from nlptasks._exchange.parsing import AnyText, Count, Number, Parsed, Present, Text, parse_json
from nlptasks._exchange.source import member_of, text_of
from nlptasks.files.names import is_file
from nlptasks.files.validated import Lenient
from nlptasks.records.schema import Dataset, Model, Record, Result, Run

_WHAT = "a log of inspect_ai"
_HEADER = "header.json"

#: Metrics of which one says how far another may be off.
_ERROR = "stderr"


#: Metrics that say how the scores of samples are put together, so that the scorer's name tells what they are.
_OVER_SAMPLES = ("mean", "median", "max", "min")


class _InspectDataset(Lenient):
    name: Text = ""
    location: Text = ""
    samples: Count | None = None
    sample_ids: list[Any] | None = None


class _InspectConfig(Lenient):
    limit: Any = None
    sample_id: Any = None
    epochs: Count = 1


class _InspectRevision(Lenient):
    commit: Text = ""
    dirty: bool = False


class _InspectEval(Lenient):
    task: Text
    task_version: AnyText = ""
    model: Text
    dataset: _InspectDataset = Field(default_factory=_InspectDataset)
    config: _InspectConfig = Field(default_factory=_InspectConfig)
    revision: _InspectRevision = Field(default_factory=_InspectRevision)
    packages: Annotated[dict[str, Text], Present] = Field(default_factory=dict)


class _InspectMetric(Lenient):
    value: Number


class _InspectScore(Lenient):
    name: Text
    reducer: Text = ""
    scored_samples: Count | None = None
    metrics: Annotated[dict[str, _InspectMetric], Present] = Field(default_factory=dict)


class _InspectHeadline(Lenient):
    score: Text = ""
    metric: Text = ""


class _InspectResults(Lenient):
    total_samples: Count = 0
    scores: list[_InspectScore]
    headline: _InspectHeadline = Field(default_factory=_InspectHeadline)


class _InspectHead(Lenient):
    status: Text


class _InspectFile(Lenient):
    eval: _InspectEval
    results: _InspectResults

    @property
    def n(self) -> int:
        """Samples, each once however often it was run; 0: not known."""
        ids = self.eval.dataset.sample_ids
        return self.results.total_samples // max(self.eval.config.epochs, 1) if ids is None else len(ids)


def read(path: Path, file: str) -> str:
    """The text of a log, which may be an archive."""
    if is_file(path) and zipfile.is_zipfile(path):
        return member_of(path, file, _HEADER, missing="the evaluation was not finished")
    return text_of(path, file)


def load(text: str, file: str, model: str) -> Found:
    """Read a log; see :class:`nlptasks._exchange.formats.Exchange`."""
    parsed = parse_json(text, file, _WHAT)
    status = parsed.checked(_InspectHead).status
    if status != "success":
        problem = f"the evaluation did not come to its end: it says {status!r}"
        raise parsed.error(("status",), problem, "finish it with 'inspect eval-retry', and import that log")
    return Found(shown=tuple(_records(parsed.checked(_InspectFile), parsed, model)))


def _records(found: _InspectFile, parsed: Parsed, model: str) -> Iterator[Record]:
    task, data = found.eval, found.eval.dataset
    scores: dict[str, Result] = {}
    primary = ""
    for score in found.results.scores:
        for name, metric in score.metrics.items():
            if name == _ERROR:
                continue
            several = len(found.results.scores) > 1
            shown = free_name("/".join(filter(None, (score.name, score.reducer, name))) if several else name, scores)
            scores[shown] = _result(found, score, name, metric.value)
            headline = found.results.headline
            primary = primary or (shown if (score.name, name) == (headline.score, headline.metric) else "")
    if not scores:
        raise parsed.error(("results", "scores"), "no scorer has a metric")
    yield Record(
        task=task.task,
        primary=primary or next(iter(scores)),
        dataset=Dataset(
            name=task.task,
            revision=task.task_version,
            sha256="",
            n=found.n,
            source=hub_dataset(data.location, data.name) or data.name,
        ),
        model=Model(name=model or task.model),
        run=Run(
            limit=_limit(found),
            commit=task.revision.commit,
            dirty=task.revision.dirty,
            versions=dict(task.packages),
        ),
        scores=scores,
    )


def _limit(found: _InspectFile) -> int:
    """How many samples were asked for where these are not all; 0: all are there, as far as the log tells."""
    data, config = found.eval.dataset, found.eval.config
    if data.samples is not None and data.sample_ids is not None:
        return max(found.n, 1) if found.n < data.samples else 0
    return 0 if config.limit is None and config.sample_id is None else max(found.n, 1)


def _result(found: _InspectFile, score: _InspectScore, name: str, value: float) -> Result:
    version = json.dumps(found.eval.task_version)[1:-1] or "unknown"
    error = score.metrics.get(_ERROR) if name in ("accuracy", "mean") else None
    return imported_result(
        value,
        said=f"imported:inspect|scorer:{score.name}|metric:{name}|reducer:{score.reducer or 'none'}"
        f"|version:{version}|epochs:{found.eval.config.epochs}",
        metric=name if name not in _OVER_SAMPLES else score.name,
        n=found.n if score.scored_samples is None else score.scored_samples,
        error=error.value if error else None,
    )
