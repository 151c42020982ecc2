"""Requests that are under way."""

from __future__ import annotations

import pickle
from concurrent.futures import Future

import pytest

from nlptasks._running.spreading.messages import ToldError, WorkerAnswer
from nlptasks._running.spreading.waiting import Sender
from nlptasks.errors import NlptasksError, PluginError, UsageError
from nlptasks.plugin.engines import WorkerLostError


class Scripted:
    """Workers whose answers are written down: an answer, or what a future raises."""

    size = 1

    def __init__(self, *script: object) -> None:
        self.script = list(script)
        self.requests: list[bytes] = []

    def submit(self, request: bytes):
        self.requests.append(request)
        given = self.script.pop(0)
        if not isinstance(given, WorkerAnswer | BaseException):
            return given
        future = Future[bytes]()
        if isinstance(given, BaseException):
            future.set_exception(given)
        else:
            future.set_result(pickle.dumps(given))
        return future

    def everywhere(self, request: bytes):
        return [self.submit(request) for _ in tuple(self.script)]

    def close(self) -> None:
        """There is nothing to end."""


LOST = WorkerLostError("it was switched off")


def sender(*script: object) -> tuple[Sender, Scripted, list[str]]:
    told: list[str] = []
    workers = Scripted(*script)
    return Sender("the engine acme:x", workers, told.append), workers, told


def test_a_request_is_made_again_where_its_worker_is_lost():
    asked, workers, told = sender(LOST, LOST, WorkerAnswer(value=7))
    assert asked.send("q", "rows 1 to 9").value() == 7
    assert [pickle.loads(request) for request in workers.requests] == ["q"] * 3
    assert told == ["warning: a worker was lost (it was switched off); rows 1 to 9 go to another one"] * 2


def test_but_not_for_ever():
    asked, _, _ = sender(LOST, LOST, LOST)
    with pytest.raises(NlptasksError, match="3 workers ended while they predicted rows 1 to 9: it was switched off"):
        asked.send("q", "rows 1 to 9").value()


def test_a_request_that_was_cancelled_is_made_again():
    cancelled = Future[bytes]()
    cancelled.cancel()
    asked, _, _ = sender(cancelled, WorkerAnswer(value=7))
    assert asked.send("q").value() == 7


def test_errors_keep_their_kind_and_their_words():
    asked, _, _ = sender(WorkerAnswer(error=ToldError.of(UsageError("no such label", hint="give one"))))
    with pytest.raises(UsageError, match="no such label") as caught:
        asked.send("q").value()
    assert caught.value.hint == "give one"


def test_what_an_engine_raises_names_it():
    asked, _, _ = sender(KeyError("wire"))
    with pytest.raises(PluginError, match="the engine acme:x failed: KeyError: 'wire'"):
        asked.send("q").value()
    asked, _, _ = sender("no future")
    with pytest.raises(PluginError, match=r"submit\(\) gave str and no concurrent.futures.Future"):
        asked.send("q")


def test_what_all_workers_warn_of_is_said_once_and_the_largest_counts():
    answers = [WorkerAnswer(warnings=("it is slow",), peak_rss_mb=size) for size in (5.0, 9.0, 7.0)]
    asked, _, _ = sender(*answers)
    with pytest.warns(RuntimeWarning, match="it is slow") as said:
        for _ in answers:
            asked.send("q").value()
    assert len(said) == 1
    assert asked.peak_rss_mb == 9.0


def test_of_all_workers_one_that_is_lost_says_nothing():
    asked, _, _ = sender(WorkerAnswer(), LOST)
    asked.ask_all("q")
    asked, _, _ = sender(LOST, WorkerAnswer(error=ToldError.of(NlptasksError("spoilt"))))
    with pytest.raises(NlptasksError, match="spoilt"):
        asked.ask_all("q")
