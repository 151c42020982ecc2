"""The guard: whatever is raised in it names the plugin, but for what is nobody's fault."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from nlptasks._plugins.guard import Guarded, guarded_items, load_object, plugin_errors
from nlptasks._signals import Terminated
from nlptasks.errors import DataError, NlptasksError, PluginError, UsageError
from nlptasks.training.recipes import read_recipe


@pytest.mark.parametrize(
    "error",
    [SystemExit(0), SystemExit(), asyncio.CancelledError(), GeneratorExit(), StopIteration(), BaseException("x")],
    ids=repr,
)
def test_everything_is_the_plugins_error(error):
    with (
        pytest.raises(PluginError, match="the head acme:words failed: ") as caught,
        plugin_errors("the head acme:words"),
    ):
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Terminated()], ids=repr)
def test_these_pass_as_they_are(error):
    with pytest.raises(type(error)) as caught, plugin_errors("the head acme:words"):
        raise error
    assert caught.value is error


@pytest.mark.parametrize(
    "error",
    [
        NlptasksError("all good", hint="do it"),
        UsageError("all good", hint="do it"),
        DataError("a.csv", "all good", line=3),
    ],
    ids=repr,
)
def test_an_explained_error_keeps_its_text_and_says_who_raised_it_once(error):
    text, hint = error.message, error.hint
    with (
        pytest.raises(type(error)) as caught,
        plugin_errors("the head acme:words"),
        plugin_errors("the backbone acme:house"),
    ):
        raise error
    assert caught.value is error
    assert (error.message, error.hint) == (f"{text} (raised by the backbone acme:house)", hint)
    assert str(error).startswith(error.message)


def test_what_the_core_raises_below_a_plugin_is_the_cores():
    with pytest.raises(NlptasksError) as caught, plugin_errors("the head acme:words"):
        read_recipe(Path("nowhere.toml"))
    assert "acme" not in caught.value.message


def test_what_a_plugin_that_comes_with_the_core_raises_needs_no_name():
    error = NlptasksError("all good")
    with pytest.raises(NlptasksError), plugin_errors("the head nlptasks:extractive"):
        exec("raise error", {"__name__": "nlptasks_qa.head", "error": error})
    assert error.message == "all good"


def test_a_stream_of_ours_fails_in_its_own_name():
    full = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"), plugin_errors("the format x", streams=True):
        raise full
    with pytest.raises(PluginError), plugin_errors("the format x", streams=True):
        open("/nowhere/at/all")  # noqa: PTH123, SIM115 - a file of the plugin's own
    with pytest.raises(PluginError), plugin_errors("the format x", streams=True):
        raise OSError("the dashboard is away")


@pytest.mark.parametrize("named", [(), ("x/head.npy",)])
def test_a_full_disk_is_no_plugins_fault(named):
    with pytest.raises(NlptasksError, match="no space left on the disk") as error, plugin_errors("the head x"):
        raise OSError(28, "No space left on device", *named)
    assert not isinstance(error.value, PluginError)
    assert all(name in error.value.message for name in named)


class Thing:
    value = 3

    def fail(self, how):
        raise how

    @property
    def broken(self):
        raise SystemExit(0)


def test_an_object_is_guarded_as_a_whole():
    thing = Guarded("the metric acme:f1", Thing())
    assert thing.value == 3
    assert not hasattr(thing, "weighted")
    with pytest.raises(PluginError, match="the metric acme:f1 failed: ValueError: no"):
        thing.fail(ValueError("no"))
    with pytest.raises(PluginError, match="SystemExit: 0"):
        _ = thing.broken
    assert pickle.loads(pickle.dumps(thing)).value == 3


def test_items_are_checked_one_by_one():
    def check(item):
        if item > 1:
            raise ValueError("too large")

    items = guarded_items("the format x", [1, 2, 1], check=check)
    assert next(items) == 1
    with pytest.raises(PluginError, match="the format x failed: ValueError: too large"):
        next(items)
    assert list(items) == [1]


def test_what_cannot_be_imported_says_whose_it_is():
    with pytest.raises(PluginError, match="the head acme:words: cannot import 'no_module_here:Head'"):
        load_object("the head acme:words", "no_module_here:Head")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_does_not_do_our_work_a_second_time():
    code = """
import os
from nlptasks._plugins.guard import plugin_errors
with plugin_errors("the head acme:words"):
    os.fork()
print("on we go", flush=True)
try:
    os.wait()
except ChildProcessError:
    pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "on we go\n"
    assert done.stderr == (
        "warning: the head acme:words forked this process and let the child go on; the child was ended\n"
    )
