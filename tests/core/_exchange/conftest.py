"""A record to be written in the formats of other tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks.records.schema import Dataset, Model, Record, Result

RECORD = Record(
    task="sentiment",
    primary="accuracy",
    dataset=Dataset(
        name="films", sha256="ab" * 32, n=40, split="test", revision="2", source="hf.co/datasets/org/films"
    ),
    model=Model(name="org/mine", backbone="bundled", parameters=3),
    scores={
        "macro-f1": Result(value=0.5, n=40, signature="metric:f1"),
        "accuracy": Result(value=0.75, low=0.6, high=0.85, n=40, signature="metric:accuracy"),
        "ter": Result(value=None, n=40, signature="metric:ter", higher_is_better=False),
    },
)


@pytest.fixture
def recorded() -> Path:
    """The folder of files that other tools wrote."""
    return Path(__file__).with_name("recorded")


@pytest.fixture
def record() -> Record:
    """A record with an interval, a score without one, and one that is not defined."""
    return RECORD


@pytest.fixture
def named() -> Callable[[str, str], Record]:
    """Makes a record of a system on a data set."""
    return lambda model, dataset: replace(
        RECORD, model=replace(RECORD.model, name=model), dataset=replace(RECORD.dataset, name=dataset)
    )
