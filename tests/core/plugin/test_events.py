"""What observers are told cannot be changed by them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from nlptasks.plugin import hooks
from nlptasks.plugin.events import PREDICT, TRAIN, Event, RunFinished, RunStarted


def test_an_outcome_is_read_only_and_nobody_elses():
    counts = {"tokens": 3}
    event = RunFinished(rows=1, seconds=0.5, output="out.csv", outcome=counts)
    counts["tokens"] = 4
    assert event.outcome == {"tokens": 3}
    with pytest.raises(TypeError):
        event.outcome["tokens"] = 5
    with pytest.raises(FrozenInstanceError):
        event.rows = 2


def test_a_run_predicts_unless_it_trains():
    started = RunStarted(tasks=("qa",), source="-", output="-", rows=None, bytes=None, interactive=False)
    assert started.work == PREDICT != TRAIN


def test_every_event_has_a_hook_that_takes_it_and_every_field_is_told(undocumented):
    taken = {
        hook.__annotations__["event"]
        for name, hook in vars(hooks).items()
        if "event" in getattr(hook, "__annotations__", {})
    }
    assert taken == {event.__name__ for event in get_args(Event)}
    assert {event.__name__: undocumented(event) for event in get_args(Event)} == {name: set() for name in taken}
