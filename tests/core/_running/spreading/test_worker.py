"""A worker, in this process."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._running.spreading.messages import (
    AnsweredBlock,
    CheckSystem,
    DescribeSystem,
    PredictBlock,
    SystemContent,
    WorkerAnswer,
)
from nlptasks._running.spreading.worker import SystemWorker
from nlptasks.plugin.predictions import Label
from nlptasks.plugin.protocols import Example


@pytest.fixture
def worker(worded) -> SystemWorker:
    content = SystemContent(config=Config(allow=frozenset({"tasks"})), plugins_dir=None, system=pickle.dumps(worded))
    return SystemWorker(pickle.dumps(content))


def ask(worker: SystemWorker, request: object) -> WorkerAnswer:
    answer: WorkerAnswer = pickle.loads(worker(pickle.dumps(request)))
    return answer


def block(worker: SystemWorker, *texts: str) -> PredictBlock:
    like = ask(worker, DescribeSystem()).value.deciding
    return PredictBlock(examples=[[Example({"text": text}) for text in texts]], texts=(), like=like)


def test_it_predicts_a_block(worker):
    answer = ask(worker, block(worker, "good", "", "bad"))
    assert isinstance(answer.value, AnsweredBlock)
    labels = [made and made.label for made in answer.value.made.by_head[0]]
    assert labels == ["positive", None, "negative"]
    assert answer.value.nll == ([None] * 3,)
    assert answer.value.seconds > 0
    assert answer.peak_rss_mb > 1


def test_a_check_opens_nothing(worker):
    assert ask(worker, CheckSystem()).error is None
    assert not worker._opened


def test_what_goes_wrong_is_an_answer(worker):
    answer = ask(worker, block(worker, "fail"))
    assert answer.value is None
    assert answer.error is not None
    assert answer.error.message == "the head acme:worded failed: ValueError: it reads 'fail'"


def test_warnings_come_with_the_answer(worker, monkeypatch):
    asked = block(worker, "good")

    def warned(self, request):
        warnings.warn("it is slow", UserWarning, stacklevel=1)

    monkeypatch.setattr(SystemWorker, "_predicted", warned)
    warnings.simplefilter("default")
    assert ask(worker, asked).warnings == ("it is slow",)


def test_predictions_that_cannot_be_sent_are_the_heads_fault(worker, monkeypatch):
    asked = block(worker, "good")
    odd = Label("positive", 0.5, {"positive": lambda: 1})
    monkeypatch.setattr(SystemWorker, "_predicted", lambda self, request: odd)
    error = ask(worker, asked).error
    assert error is not None
    assert error.message.startswith("the head acme:worded gave predictions that cannot go from one process to another")


def test_a_plugin_that_is_not_there_is_named(tmp_path: Path, worded):
    system = pickle.dumps(worded).replace(b"HeadSpec", b"HandSpec")
    content = SystemContent(config=Config(allow=frozenset()), plugins_dir=None, system=system)
    error = ask(SystemWorker(pickle.dumps(content)), DescribeSystem()).error
    assert error is not None
    assert "lacks a plugin that this command uses" in error.message
    assert error.hint == "install there what is installed here, in the same versions"
