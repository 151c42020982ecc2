"""What the global options do to configuration and plugins."""

from __future__ import annotations

import json

import pytest

from .conftest import FAILING


def test_other_commands_work_with_a_line_for_each_failure(zoo):
    done = zoo.run("heads", "list")
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["TASK", "NAME"], ["sentiment", "good"]]
    warned = [line.split("'")[1] for line in done.stderr.splitlines()]
    assert sorted(warned) == sorted([*FAILING, "noisy_import", "mood", "mood"])


@pytest.mark.parametrize("plugin", FAILING)
def test_one_bad_plugin_is_one_line(site, plugin):
    site.add(plugin)
    done = site.run("tasks", "list")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].startswith(f"warning: plugin '{plugin}' of zoo-")
    assert sum(line.startswith("warning") for line in done.stderr.splitlines()) == 1
    strict = site.run("--strict", "tasks", "list")
    assert strict.returncode == 1
    assert strict.stderr.startswith(f"error: plugin '{plugin}' of zoo-")
    assert strict.stdout == ""


def test_what_a_plugin_prints_does_not_reach_the_output(site):
    site.add("noisy_import")
    site.add("good")
    done = site.run("heads", "list", "--json")
    assert [head["name"] for head in json.loads(done.stdout)] == ["good"]
    assert "this must not reach standard output" in done.stderr


def test_no_plugins(site):
    site.add("broken_import")
    done = site.run("--no-plugins", "tasks", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no plugin brings tasks" in done.stderr


def test_plugins_dir_and_no_plugins(site, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    site.add("good")
    (site.folder / "zoo_good.py").rename(folder / "zoo_good.py")
    done = site.run("--no-plugins", "--plugins-dir", str(folder), "heads", "list")
    assert "file:zoo-good" in done.stdout
    assert done.stderr == ""


def test_the_whole_zoo_does_not_stop_run_sentiment(zoo, tmp_path):
    data = tmp_path / "reviews.csv"
    data.write_text("text\ngreat phone\nbroke in a day\n")
    done = zoo.run("run", "sentiment", "--head", "binary", "--data", str(data), "-o", "-", NLPTASKS_PLUGINS="")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["sentiment"] for line in done.stdout.splitlines()] == ["positive", "negative"]
    assert sum(line.startswith("warning: plugin") for line in done.stderr.splitlines()) == len(FAILING) + 3
