"""Several processes on this machine."""

from __future__ import annotations

import os
import time

import pytest

from nlptasks.errors import NlptasksError
from nlptasks.plugin.engines import EngineContext, WorkerJob, WorkerLostError
from nlptasks.testing import check_engine
from nlptasks_engines import nlptasks_engines, processes
from nlptasks_engines.processes import ProcessWorkers, open_processes

LOCAL, _ = nlptasks_engines()
JOB = WorkerJob(maker="nlptasks.testing.engines:probe", content=b"content")


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def test_they_pass_the_check_of_engines():
    check_engine(LOCAL, tasks=["sentiment"])


@pytest.mark.parametrize("number", [None, 1])
def test_one_is_this_process(number):
    assert open_processes(EngineContext(job=JOB, workers=number)) is None


def test_a_request_under_way_is_cut_short_by_the_end():
    workers = ProcessWorkers(JOB, 2)
    pids = workers.pids
    sleeping = workers.submit(b'["sleep", 600]')
    waiting = [workers.submit(b'["sleep", 600]') for _ in range(3)]
    while not sleeping.running():
        time.sleep(0.01)
    began = time.monotonic()
    workers.close()
    assert time.monotonic() - began < 10
    assert not any(map(lives, pids))
    assert isinstance(sleeping.exception(1), WorkerLostError)
    assert waiting[-1].cancelled()


def test_a_process_that_died_idle_is_replaced():
    workers = ProcessWorkers(JOB, 2)
    try:
        first, second = workers.pids
        os.kill(first, 9)
        os.kill(second, 9)
        for _ in range(2):  # each worker finds out at its next request
            for future in workers.everywhere(b'["say", 1]'):
                future.exception(30)
        assert workers.submit(b'["say", 1]').result(30) == b'["content", 1]'
        assert not {first, second} & {*workers.pids}
    finally:
        workers.close()


def test_a_machine_that_has_no_room_for_another_process(monkeypatch):
    def refused(*_args, **_more):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(processes.subprocess, "Popen", refused)
    with pytest.raises(NlptasksError, match="cannot start a process for a worker: Resource temporarily unavailable"):
        ProcessWorkers(JOB, 2)


def test_each_has_its_part_of_the_processors(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(processes, "_processors", lambda: 8)
    found = []

    def started(*_args, env, **_more):
        found.append(env["OMP_NUM_THREADS"])
        raise BlockingIOError(11, "no")

    monkeypatch.setattr(processes.subprocess, "Popen", started)
    with pytest.raises(NlptasksError):
        ProcessWorkers(JOB, 3)
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    with pytest.raises(NlptasksError):
        ProcessWorkers(JOB, 3)
    assert found == ["2", "5"]
