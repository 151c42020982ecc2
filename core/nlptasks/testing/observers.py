"""The check that every observer must pass."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pluggy

from nlptasks._plugins.observers import Observers
from nlptasks.plugin import PROJECT, hooks
from nlptasks.plugin.events import TRAIN, BatchFinished, Event, RunFailed, RunFinished, RunStarted
from nlptasks.testing._steady import steady, warm

__all__ = ["check_observer"]


def check_observer(plugin: object) -> None:
    """Check what every observer must bear.

    It is told of a run of many rows, of one without rows, of one that fails, of a training, of ends without a beginning
    and of two runs behind each other, and raises nothing, prints nothing on standard output, leaves the events as they
    are and changes nothing that the process has one of.

    Args:
        plugin: What the entry point names: the module with the hooks, or an object that has them.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    name = str(getattr(plugin, "__name__", type(plugin).__name__))
    manager.register(plugin, name=name)
    marked = [caller.name for caller in manager.get_hookcallers(plugin) or ()]
    assert any(hook.startswith((f"{PROJECT}_run_", f"{PROJECT}_batch_")) for hook in marked), (
        f"it has no hook of an observer; it has {', '.join(marked) or 'none'}, "
        "and those are marked with nlptasks.plugin.hookimpl"
    )
    complaints: list[str] = []
    with warm():
        _tell(manager, complaints.append)
    with steady("the observer"):
        _tell(manager, complaints.append)
    assert not complaints, complaints[0]


def _tell(manager: pluggy.PluginManager, complain: Callable[[str], None]) -> None:
    for run in _RUNS:
        observers = Observers(manager, complain)
        for event in run:
            before = _state(event)
            observers.send(event)
            if _state(event) != before:
                complain(f"it changed the event {event}, which others are told too")


def _state(event: Event) -> dict[str, Any]:
    found = {
        name: value for name, value in inspect.getmembers(event) if not name.startswith("_") and not callable(value)
    }
    return {name: dict(value) if hasattr(value, "keys") else value for name, value in found.items()}


def _started(**other: Any) -> RunStarted:
    given: dict[str, Any] = {"rows": 3, "bytes": 120, "interactive": False, **other}
    return RunStarted(tasks=("sentiment",), source="reviews.csv", output="reviews.sentiment.csv", **given)


def _outcome(tokens: int) -> dict[str, int]:
    """What a run that predicts says at its end."""
    return {"tokens": tokens, "long": 0, "cut": 0, "skipped": 0}


_BATCH = BatchFinished(rows=2, bytes_read=80, tokens=24, seconds=0.5)
_DONE = RunFinished(rows=3, seconds=1.0, output="reviews.sentiment.csv", outcome=_outcome(36))

_RUNS: tuple[tuple[Event, ...], ...] = (
    (_started(), _BATCH, BatchFinished(**asdict(_BATCH) | {"rows": 3}), _DONE),
    (_started(rows=None, bytes=None), RunFinished(rows=0, seconds=0.0, output="<stdout>", outcome=_outcome(0))),
    (_started(), _BATCH, RunFailed(rows=2, error="the disk is full")),
    (
        _started(work=TRAIN),
        BatchFinished(rows=0, bytes_read=0, tokens=9, seconds=0.1, total_tokens=90),
        RunFinished(rows=3, seconds=1.0, output="my-head", outcome={"tokens": 90}),
    ),
    (_DONE,),
    (RunFailed(rows=0, error="nothing was read"),),
)
