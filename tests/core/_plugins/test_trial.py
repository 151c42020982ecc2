"""Loading a plugin in a process of its own. That such a process may die: ``test_check.py`` of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest


@pytest.fixture
def trial(site, tmp_path):
    def told(*args: str) -> dict[str, Any]:
        result = tmp_path / "result.json"
        command = [sys.executable, "-P", "-m", "nlptasks._plugins.trial", str(result), *args]
        subprocess.run(command, env=site.environment(), capture_output=True, check=False, timeout=60)
        assert not result.with_suffix(".part").exists()
        return json.loads(result.read_text()) if result.exists() else {}

    return told


def test_the_outcome_of_a_good_plugin(site, trial):
    site.add("good")
    told = trial("good")
    ((record),) = told["records"]
    assert (record["state"], record["provides"]) == ("loaded", ["heads.sentiment.good"])
    assert told["wants"] == [["the option 'loud' of the head zoo-good:good", "--loud"]]
    assert (told["clashes"], told["note"]) == ([], "")


def test_all_that_descriptors_name_is_imported(site, trial):
    site.add("missing_object")
    (record,) = trial("missing_object")["records"]
    assert (record["state"], record["stage"]) == ("broken", "object")


def test_another_plugin_that_ends_the_process_keeps_what_was_found_out(site, trial):
    site.add("good")
    site.add("crash")
    told = trial("good")
    assert told["records"][0]["state"] == "loaded"
    assert "other plugins ended the process" in told["note"]


def test_a_plugin_that_is_not_there(site, trial):
    assert trial("nope")["records"] == []
