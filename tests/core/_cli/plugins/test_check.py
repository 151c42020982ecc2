"""``nlptasks plugins check``: plugins that are in order, raise, hang and crash."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("plugin", "code", "says"),
    [
        ("good", 0, "good: head sentiment:good: not checked: there is no task named 'sentiment'"),
        ("raising_hook", 1, "raising_hook: broken at nlptasks_heads: KeyError: 'gone'"),
        ("missing_object", 1, "missing_object: broken at object: cannot import 'zoo_missing_object:Head'"),
        ("crash", 1, "crash: it crashed the process with SIGABRT"),
        ("hang", 1, "hang: it did not load within 2 seconds"),
    ],
)
def test_plugins_check(site, plugin, code, says):
    site.add(plugin)
    done = site.run("plugins", "check", plugin, "--timeout", "2" if plugin == "hang" else "60")
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(says)
    assert len(done.stdout.splitlines()) == 1


def test_plugins_check_of_a_file(site):
    site.add("raising_hook")
    site.add("good")
    path = site.folder / "zoo_good.py"
    lone = site.folder.parent / "lone.py"
    lone.write_text(path.read_text().replace("zoo_good", "lone").replace('name="good"', 'name="lone"'))
    assert site.run("plugins", "check", str(lone)).stdout.startswith("lone: head sentiment:lone: not checked: ")
    lone.write_text(lone.read_text().replace('name="lone"', 'name="good"'))
    clash = site.run("plugins", "check", str(lone))
    assert clash.returncode == 1
    assert clash.stdout.startswith(
        "lone: file:lone and zoo-good provide the head for sentiment 'good'; type file:lone:"
    )


def test_plugins_check_of_what_is_not_there(site):
    done = site.run("plugins", "check", "nope")
    assert done.returncode == 1
    assert "there is no plugin or distribution named 'nope'" in done.stderr


HEADS = """
import os

from nlptasks.plugin import HeadSpec, hookimpl
from nlptasks.plugin.predictions import Label


class Head:
    labels = ("positive", "negative")

    def __init__(self, context):
        self.rows = 0

    def windows(self, examples):
        return [[] for _ in examples]

    def reduce(self, states):
        return []

    def read(self, example, windows, reduced):
        return Label("positive", 1.0)


class Counting(Head):
    def read(self, example, windows, reduced):
        self.rows += 1
        return Label("positive", 1 / self.rows)


class Aborting(Head):
    def read(self, example, windows, reduced):
        os.abort()


@hookimpl
def nlptasks_heads():
    return [
        HeadSpec(name=name, task="sentiment", summary="s", object=f"several:{made}")
        for name, made in (("honest", "Head"), ("counting", "Counting"), ("aborting", "Aborting"), ("last", "Head"))
    ]
"""


def test_each_thing_that_a_plugin_brings_has_a_line(site):
    path = site.folder.parent / "several.py"
    path.write_text(HEADS)
    done = site.run("plugins", "check", str(path), NLPTASKS_PLUGINS="tasks,metrics")
    honest, counting, aborting = done.stdout.splitlines()
    assert honest == "several: head sentiment:honest: ok"
    assert counting.startswith("several: head sentiment:counting: fault: another order of the rows, in other batches, ")
    assert aborting == "several: head sentiment:aborting: fault: it crashed the process with SIGABRT"
    assert done.returncode == 1
    assert "nlptasks.testing.check_head" in done.stderr
