"""Markers of imports: left by a process that died, and by no other."""

from __future__ import annotations

import os
import sys

import pytest

from nlptasks._plugins.attempts import attempt, died_on, state_folder
from nlptasks._plugins.discovery import FoundPlugin
from nlptasks._plugins.records import PluginRecord


def candidate(distribution="acme", version="1.0") -> FoundPlugin:
    record = PluginRecord(id="mood", distribution=distribution, version=version, module="acme_mood")
    return FoundPlugin(record=record)


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("the folder cannot be set here")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def die(plugin: FoundPlugin) -> None:
    """Let a process die while it imports a plugin."""
    child = os.fork()
    if not child:
        with attempt(plugin):
            os._exit(1)
    os.waitpid(child, 0)


@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_process_that_died_is_remembered_until_it_goes_well():
    die(candidate())
    die(candidate())
    assert died_on(candidate())
    assert not died_on(candidate(version="1.1"))
    assert not died_on(candidate("other"))
    with attempt(candidate()):
        pass
    assert not died_on(candidate())
    assert list(state_folder().iterdir()) == []


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_what_was_raised_in_time_leaves_nothing(error):
    with pytest.raises(error), attempt(candidate()):
        raise error
    assert list(state_folder().iterdir()) == []


def test_one_that_is_at_work_is_not_dead():
    with attempt(candidate()):
        assert len(list(state_folder().iterdir())) == 1
        assert not died_on(candidate())


def test_where_nothing_can_be_written_nothing_is_remembered(state):
    state.write_text("a file")
    with attempt(candidate()):
        pass
    assert not died_on(candidate())


def test_our_own_plugins_have_no_marker(state):
    with attempt(candidate("nlptasks")):
        assert not state.exists()
