"""``nlptasks plugins new``: what it writes works, and it overwrites nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_a_new_head_passes_its_own_tests_and_loads(site, tmp_path):
    done = site.run("plugins", "new", "zoo-mood", "--kind", "head", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "zoo-mood"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    tests = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert tests.returncode == 0, tests.stdout
    checked = site.run("plugins", "check", str(folder))
    assert checked.stdout == "zoo-mood: head sentiment:zoo-mood: ok\n", checked
    again = site.run("plugins", "new", "zoo-mood", "--kind", "head", cwd=tmp_path)
    assert again.returncode == 2
    assert "zoo-mood exists already" in again.stderr


@pytest.mark.parametrize("name", ["json", "click", "Upper", "1st", "../up", "a b", "class"])
def test_a_new_plugin_needs_a_name_of_its_own(site, tmp_path, name):
    before = sorted(tmp_path.iterdir())
    done = site.run("plugins", "new", name, "--kind", "head", cwd=tmp_path)
    assert done.returncode == 2
    assert sorted(path for path in tmp_path.iterdir() if path.name != "config.toml") == before
