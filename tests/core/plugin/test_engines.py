"""What an engine's workers are made of."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from nlptasks.plugin.engines import EngineContext, Worker, WorkerJob


def shout(content: bytes) -> Worker:
    return lambda request: content + request.upper()


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkerJob:
    monkeypatch.chdir(Path.cwd())  # put back behind the test
    monkeypatch.setenv("NLPTASKS_TEST_SET", "mine")
    monkeypatch.setenv("NLPTASKS_TEST_NEW", "")
    monkeypatch.delenv("NLPTASKS_TEST_NEW")
    told = {"NLPTASKS_TEST_SET": "theirs", "NLPTASKS_TEST_NEW": "theirs"}
    return WorkerJob(maker=f"{__name__}:shout", content=b"> ", folder=str(tmp_path), environment=told)


def test_a_job_goes_anywhere_and_makes_a_worker_there(job, tmp_path):
    worker = pickle.loads(pickle.dumps(job)).open()
    assert worker(b"hello") == b"> HELLO"
    assert Path.cwd() == tmp_path
    assert (os.environ["NLPTASKS_TEST_SET"], os.environ["NLPTASKS_TEST_NEW"]) == ("mine", "theirs")


def test_a_folder_that_is_not_there_is_left_out():
    here = Path.cwd()
    WorkerJob(maker=f"{__name__}:shout", folder="/no/such/folder").open()
    assert Path.cwd() == here


def test_a_context_tells_the_user_on_standard_error(capsys):
    EngineContext(job=WorkerJob(maker="a:b")).told("a line")
    assert capsys.readouterr() == ("", "a line\n")
