"""What tests ask of a file of predictions."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from nlptasks._scoring.datasets import ScoredData
from nlptasks._scoring.from_file.prediction_file import FileRequest
from nlptasks._settings.groups import Evaluation, RecordTarget, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks.plugin import TaskSpec


def file_request(file: Path | str, task: TaskSpec, *, argv: tuple[str, ...] = (), **given: Any) -> FileRequest:
    """The request of some settings, each in the group that has it."""

    def of(group: type) -> dict[str, Any]:
        return {field.name: given.pop(field.name) for field in fields(group) if field.name in given}

    source = TableSource(**of(TableSource))
    request = FileRequest(
        file=str(file),
        task=task,
        predictions=PredictionSource(**of(PredictionSource)),
        data=ScoredData(**{"source": source, **of(ScoredData)}),
        evaluation=Evaluation(**of(Evaluation)),
        target=RecordTarget(**of(RecordTarget)),
        argv=argv,
    )
    assert not given, given
    return request
