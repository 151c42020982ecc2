"""Observers of a training."""

from __future__ import annotations

from typing import Any

import pytest

from nlptasks._training.events import TrainingEvents
from nlptasks.plugin.events import RunFailed, RunFinished, RunStarted


class Told:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def send(self, event: Any) -> None:
        self.events.append(event)


def test_tokens_never_fall_and_the_end_is_told() -> None:
    told, shown = Told(), []
    with TrainingEvents(told, lambda *both: shown.append(both), ("qa",), "a.csv", "out") as events:  # type: ignore[arg-type]
        for done in (10, 30, 20, 40):
            events.advance(done, 40)
        events.rows = 7
    started, *batches, finished = told.events
    assert isinstance(started, RunStarted)
    assert (started.work, started.tasks, started.source) == ("train", ("qa",), "a.csv")
    assert [(batch.tokens, batch.total_tokens) for batch in batches] == shown == [(n, 40) for n in (10, 30, 30, 40)]
    assert isinstance(finished, RunFinished)
    assert (finished.rows, finished.outcome) == (7, {"tokens": 40})


def test_a_failure_is_told() -> None:
    told = Told()
    with pytest.raises(ValueError, match="no"), TrainingEvents(told, lambda *_: None, ("qa",), "a.csv", "out"):  # type: ignore[arg-type]
        raise ValueError("no")
    assert isinstance(told.events[-1], RunFailed)
    assert told.events[-1].error == "ValueError: no"
