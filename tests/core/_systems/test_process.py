"""What calls from Python share in one process."""

from __future__ import annotations

import pytest

from nlptasks._systems import process
from nlptasks.plugin import TaskSpec


def test_plugins_are_loaded_once_and_the_session_is_theirs():
    assert process.plugins() is process.plugins()
    assert process.session() is process.session()
    assert process.session().registry is process.plugins().registry
    assert process.session().registry.has(TaskSpec, "sentiment")


def test_a_line_for_the_user_is_a_warning_of_the_callers_line():
    def call() -> None:
        process.warn("a plugin failed")

    with pytest.warns(RuntimeWarning, match="a plugin failed") as caught:
        call()
    assert caught[0].filename == __file__


def test_complaints_of_plugins_are_warnings(site, monkeypatch):
    site.add("raising_hook")
    site.config.touch()
    monkeypatch.setenv("NLPTASKS_CONFIG", str(site.config))
    monkeypatch.setenv("NLPTASKS_PLUGINS", "raising_hook")
    with pytest.warns(RuntimeWarning, match="plugin 'raising_hook' of zoo-raising-hook"):
        process.plugins.__wrapped__()
