"""Every hook that a plugin can implement."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pluggy
import pytest

from nlptasks._plugins.registry import KINDS
from nlptasks.plugin import HeadSpec, hookimpl, hooks
from nlptasks.plugin.specs import PROJECT


def test_every_hook_is_documented_and_every_kind_has_one():
    found = {name: hook for name, hook in vars(hooks).items() if name.startswith("nlptasks_")}
    assert all(hook.__doc__ for hook in found.values())
    assert {f"nlptasks_{kind}" for kind in KINDS} <= found.keys()


def test_the_hooks_fit_on_a_screen():
    assert len(Path(hooks.__file__).read_text(encoding="utf-8").splitlines()) <= 100


@pytest.fixture
def manager() -> pluggy.PluginManager:
    made = pluggy.PluginManager(PROJECT)
    made.add_hookspecs(hooks)
    return made


def test_what_a_plugin_returns_reaches_the_caller(manager):
    head = HeadSpec(name="words", summary="Counts words.", task="sentiment", object="m:Head")

    @hookimpl
    def nlptasks_heads():
        return [head]

    manager.register(SimpleNamespace(nlptasks_heads=nlptasks_heads))
    assert manager.hook.nlptasks_heads() == [[head]]
    assert manager.hook.nlptasks_tasks() == []


def test_an_observer_that_takes_something_else_is_refused(manager):
    @hookimpl
    def nlptasks_run_failed(event, more):
        return None

    with pytest.raises(pluggy.PluginValidationError, match="more"):
        manager.register(SimpleNamespace(nlptasks_run_failed=nlptasks_run_failed))
