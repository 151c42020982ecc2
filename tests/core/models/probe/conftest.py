"""A probe that is trained on a tiny encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlptasks.models.probe.options import ProbeOptions
from nlptasks.models.probe.training import train
from nlptasks.plugin import ENCODE, HeadSpec
from nlptasks.plugin.protocols import Encoder, Example, HeadContext, TrainJob
from nlptasks_tasks.sentiment import SPEC as TASK

HEAD = HeadSpec(
    name="probe",
    task="sentiment",
    summary="a probe",
    object="nlptasks.models.probe.head:Probe.open",
    needs=frozenset({ENCODE}),
    options=ProbeOptions,
    trainer="nlptasks.models.probe.training:train",
)
GOOD = ["good phone", "great film", "the service is great and works", "very good", "a great price", "happy"]

BAD = ["bad phone", "broken film", "the service is bad and late", "very bad", "a broken price", "sad"]


def examples(repeats: int = 4) -> list[Example]:
    texts = [(text, "positive") for text in GOOD] + [(text, "negative") for text in BAD]
    return [Example({"text": f"{text} {'very ' * n}"}, gold) for n in range(repeats) for text, gold in texts]


def job(encoder: Encoder, output: Path, rows: list[Example] | None = None, **settings: Any) -> TrainJob:
    output.mkdir(exist_ok=True)
    given: dict[str, Any] = {"validation": None, "seed": 0, "progress": lambda _: None, "options": ProbeOptions()}
    given |= settings
    return TrainJob(
        task=TASK,
        head="x:probe",
        backbone=encoder,
        examples=examples() if rows is None else rows,
        output=output,
        **given,
    )


@pytest.fixture(scope="session")
def trained(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe")
    report = train(job(encoder, folder))
    assert report.labels == ("negative", "positive")
    assert report.scores["accuracy"] > 0.7
    return folder


def context(encoder: Encoder, weights: Path | None) -> HeadContext:
    return HeadContext(task=TASK, backbone=encoder, options=ProbeOptions(), weights=weights)
