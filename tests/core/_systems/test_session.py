"""What every command starts from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nlptasks._plugins.registry import Owned, Registry
from nlptasks._systems.session import Session
from nlptasks.errors import UsageError
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


@pytest.fixture
def session() -> Session:
    return Session(Registry(tuple(Owned(spec, "p", "acme") for spec in (replace(SENTIMENT, aliases=("mood",)), QA))))


def test_tasks_stay_in_their_order_and_may_be_named_otherwise(session):
    assert [task.name for task in session.tasks(["qa", "mood"])] == ["qa", "sentiment"]
    assert session.tasks([]) == ()


def test_a_task_twice_under_any_name(session):
    with pytest.raises(UsageError, match="a task is named twice: sentiment,mood"):
        session.tasks(["sentiment", "mood"])
    with pytest.raises(UsageError, match="did you mean 'sentiment'"):
        session.tasks(["sentimant"])


def test_each_session_has_backbones_of_its_own(session):
    assert Session(session.registry).pool is not session.pool
