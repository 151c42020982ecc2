"""What must be left alone, and how a failure is told."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from nlptasks.errors import NlptasksError, PluginError, UsageError
from nlptasks.testing._steady import steady, told, warm


def test_what_changes_nothing_passes_and_random_numbers_go_on_as_they_were() -> None:
    state = random.getstate()
    with steady("it"):
        pass
    assert random.getstate() == state


def test_what_is_changed_is_named_and_put_back(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError, match="it changed the working directory of the process"), steady("it"):
        os.chdir("/")
    assert Path.cwd() == tmp_path


def test_a_seed_that_is_set_twice_shows() -> None:
    with warm():
        random.seed(0)
    with pytest.raises(AssertionError, match="shared random numbers of random"), steady("it"):
        random.seed(0)


def test_what_fails_within_is_told_and_not_what_it_left() -> None:
    with pytest.raises(AssertionError, match="it failed: KeyError: 'x'"), told("it"), steady("it"):
        raise KeyError("x")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PluginError("the head x failed"), "the head x failed"),
        (UsageError("no", hint="yes"), "it refused: no; yes"),
        (SystemExit(0), "it failed: SystemExit: 0"),
    ],
)
def test_whatever_is_raised_is_an_assertion(error, says) -> None:
    with pytest.raises(AssertionError, match=says), told("it"):
        raise error


def test_refusals_may_pass() -> None:
    with pytest.raises(NlptasksError, match="no"), told("it", refusals=True):
        raise UsageError("no")
