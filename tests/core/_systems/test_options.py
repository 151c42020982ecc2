"""Which of the options that a user gave go to which task. How they choose heads: ``test_choosing.py``."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._systems.options import GivenOptions, names_of_options
from nlptasks._systems.system import ChosenHead, System
from nlptasks.errors import UsageError
from nlptasks.plugin import BackboneSpec, HeadSpec
from nlptasks_tasks.qa import SPEC as QA
from nlptasks_tasks.sentiment import SPEC as SENTIMENT


@dataclass(frozen=True)
class Windows:
    max_windows: int = 0


HEAD = HeadSpec(name="words", task="sentiment", summary="s", object="a:b", options=Windows)
SYSTEM = System(heads=(ChosenHead(task=SENTIMENT, head=Owned(HEAD, "p", "acme")),), backbone=None)


def test_what_is_for_one_task_comes_before_what_is_for_all():
    given = GivenOptions((SENTIMENT, QA), {"max-windows": 3, "qa.max_windows": 5, "top": 1, "seed": None})
    assert given.shared == {"max_windows": 3, "top": 1}
    assert given.of_task(SENTIMENT, ["max_windows", "other"]) == {"max_windows": 3}
    assert given.of_task(QA, ["max_windows"]) == {"max_windows": 5}
    assert given.of_task(QA, []) == {"max_windows": 5}


def test_an_alias_means_its_task():
    task = replace(SENTIMENT, aliases=("mood",))
    assert GivenOptions((task,), {"mood.top": 3}).of_task(task, []) == {"top": 3}


def test_a_task_that_is_not_asked_for():
    with pytest.raises(UsageError, match=r"'qa\.top' is for the task 'qa', which is none of sentiment") as caught:
        GivenOptions((SENTIMENT,), {"qa.top": 3})
    assert caught.value.hint == "write sentiment.top, or top for all tasks that have it"


def test_what_nothing_has_is_refused():
    GivenOptions((SENTIMENT,), {"max-windows": 3}).check_used(SYSTEM)
    with pytest.raises(UsageError, match="--top-k is not an option of the head 'words'"):
        GivenOptions((SENTIMENT,), {"top-k": 3}).check_used(SYSTEM)
    house = BackboneSpec(name="house", summary="s", object="a:b", provides=frozenset())
    with pytest.raises(UsageError, match="of the head 'words', nor of the backbone 'house'"):
        GivenOptions((SENTIMENT,), {"top": 3}).check_used(replace(SYSTEM, backbone=Owned(house, "p", "acme")))


def test_names_of_options():
    assert names_of_options(HEAD) == {"max_windows"}
    assert names_of_options(replace(HEAD, options=None)) == frozenset()
