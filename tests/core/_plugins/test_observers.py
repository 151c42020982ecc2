"""Telling plugins about a run, so that none of them can harm it. Installed observers: ``test_loader.py``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pluggy
import pytest

from nlptasks._plugins.observers import Observers
from nlptasks._signals import Terminated
from nlptasks.plugin import hookimpl, hooks
from nlptasks.plugin.events import BatchFinished, RunFailed
from nlptasks.plugin.specs import PROJECT

BATCH = BatchFinished(rows=1, bytes_read=2, tokens=3, seconds=0.5)


def observers(complaints: list[str], **bodies: Any) -> Observers:
    """Observers of batches, by the names of their plugins."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    for name, body in bodies.items():
        module = ModuleType(name)
        module.nlptasks_batch_finished = _implementation(body)
        manager.register(module, name)
    return Observers(manager, complaints.append)


def _implementation(body: Callable[[Any], None]) -> Any:
    @hookimpl
    def nlptasks_batch_finished(event):
        body(event)

    return nlptasks_batch_finished


def fails(event: Any) -> None:
    raise ValueError("no\nway")


def test_one_that_fails_is_told_once_and_the_others_go_on():
    seen, complaints = [], []
    found = observers(complaints, bad=fails, good=seen.append)
    found.send(BATCH)
    found.send(BATCH)
    assert seen == [BATCH, BATCH]
    assert len(complaints) == 1
    assert complaints[0].startswith(
        "plugin 'bad' failed in nlptasks_batch_finished and is ignored: ValueError: no\\nway"
    )


def test_an_event_that_nobody_asked_for_reaches_nobody():
    seen: list[Any] = []
    observers([], good=seen.append).send(RunFailed(rows=1, error="x"))
    assert seen == []


@pytest.mark.parametrize("wish", [KeyboardInterrupt(), Terminated()])
def test_the_users_wish_to_stop_passes(wish):
    def stops(event: Any) -> None:
        raise wish

    complaints: list[str] = []
    with pytest.raises(type(wish)):
        observers(complaints, bad=stops).send(BATCH)
    assert complaints == []
