"""The check of engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin import EngineSpec
from nlptasks.testing import check_engine, engines

from . import faults


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a fault left running is ended, and nobody waits long for it."""
    monkeypatch.setattr(engines, "_GONE", 0.1)
    yield
    while faults.engines.LEFT:
        faults.engines.LEFT.pop().close()


@pytest.mark.parametrize("fault", faults.of("engine"))
def test_a_planted_fault_is_caught_and_named(fault: faults.Fault) -> None:
    with pytest.raises(AssertionError) as caught:
        check_engine(fault.planted, tasks=["sentiment"], seconds=3)
    assert fault.says in str(caught.value)


def refuses(context: object) -> None:
    raise UsageError("there is no cluster", hint="start one")


def opens_nothing(context: object) -> None:
    """There is none."""


def spec(name: str) -> EngineSpec:
    return EngineSpec(name="x", summary="s", object=f"{__name__}:{name}")


def test_one_that_cannot_be_opened_here_says_why() -> None:
    with pytest.raises(UsageError, match="there is no cluster"):
        check_engine(spec("refuses"))


def test_workers_that_were_asked_for_are_opened() -> None:
    with pytest.raises(AssertionError, match="it opened no workers where 2 were asked for"):
        check_engine(spec("opens_nothing"))


def test_predictions_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([[("first", 1)], [("first", 2)]])
    monkeypatch.setattr(engines, "_predicted", lambda *_: next(found))
    with pytest.raises(AssertionError, match="the predictions for sentiment are not those of one process"):
        check_engine(faults.engines.engine(faults.engines.Honest), tasks=["sentiment"])
