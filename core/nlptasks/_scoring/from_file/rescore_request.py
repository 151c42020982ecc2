"""Scores predictions that stand in a file by what a user set, or by what a benchmark says of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from nlptasks._plugins.registry import Registry
from nlptasks._scoring.datasets import ScoredData, data_of
from nlptasks._scoring.from_file.prediction_file import FileRequest
from nlptasks._scoring.from_file.rescore_file import FileScored, score_file
from nlptasks._settings.command import of_task, words
from nlptasks._settings.groups import BenchmarkChoice, Evaluation, RecordTarget, SystemChoice, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks.errors import UsageError
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.labels import check_labels
from nlptasks.records.suites import Card, Suite, locate, open_suite, read_suite


@dataclass(frozen=True, kw_only=True)
class PredictionsRequest:
    """What a user set.

    Args:
        file: The file with the predictions.
        predictions: Its columns, and the task.
        source: The table with the gold answers, and how both are read.
        benchmark: The data set of a benchmark that they are predictions of, in place of task and table.
        evaluation: What is scored.
        target: What the record is.
    """

    file: str
    predictions: PredictionSource
    source: TableSource = field(default_factory=TableSource)
    benchmark: BenchmarkChoice = field(default_factory=BenchmarkChoice)
    evaluation: Evaluation = field(default_factory=Evaluation)
    target: RecordTarget = field(default_factory=RecordTarget)


def rescore_predictions(registry: Registry, asked: PredictionsRequest) -> FileScored:
    """Score the predictions; the record keeps the command that does it again.

    Raises:
        UsageError: There is no such task, benchmark or data set, or see :func:`score_file`.
        DataError: A row cannot be read, or none has a gold answer.
    """
    if asked.benchmark.benchmark or asked.benchmark.suite:
        suite, card = _card(registry, asked.benchmark)
        path = locate(suite, card, data_dir=asked.benchmark.data_dir)
        request = _request(registry, asked, card.task, data_of(suite, card, path, asked.source))
    else:
        request = _request(registry, asked, asked.predictions.task, ScoredData(source=asked.source))
    if language := asked.evaluation.language:
        dataset = replace(request.data.dataset, language=language)
        request = replace(request, data=replace(request.data, dataset=dataset))
    return score_file(registry, request)


def _request(registry: Registry, asked: PredictionsRequest, task: str, data: ScoredData) -> FileRequest:
    """What to score."""
    given = asked.predictions
    return FileRequest(
        file=asked.file,
        task=registry.get(TaskSpec, task).spec,
        predictions=replace(given, labels=check_labels(given.labels, cased=True)),
        data=data,
        evaluation=asked.evaluation,
        target=asked.target,
        argv=(
            "nlptasks",
            "rescore",
            Path(asked.file).name,
            *words(given, asked.source, asked.benchmark, asked.evaluation, asked.target),
            *of_task("", {}, SystemChoice(), asked.source.reading.given),
        ),
    )


def _card(registry: Registry, choice: BenchmarkChoice) -> tuple[Suite, Card]:
    suite = open_suite(registry, choice.benchmark) if choice.benchmark else read_suite(Path(choice.suite))
    for card in suite.datasets:
        if (card.name,) == choice.datasets:
            return suite, card
    known = ", ".join(card.name for card in suite.datasets)
    if len(choice.datasets) != 1:
        problem = f"predictions are for one data set of the benchmark '{suite.name}', and --dataset names "
        problem += "none" if not choice.datasets else f"{len(choice.datasets)}"
    else:
        problem = f"the benchmark '{suite.name}' has no data set '{choice.datasets[0]}'"
    raise UsageError(problem, hint=f"name one of them with --dataset: {known}")
