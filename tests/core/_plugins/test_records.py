"""What became of each plugin, in one line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nlptasks._plugins.records import PluginRecord, complaints, report

RECORD = PluginRecord(id="mood", distribution="acme", version="1.0", module="acme")


@pytest.mark.parametrize("state", ["found", "loaded", "disabled"])
def test_what_is_in_order_or_wanted_is_not_told(state):
    record = replace(RECORD, state=state)
    assert not record.failed
    assert complaints(record) == ()


@pytest.mark.parametrize(
    ("state", "stage", "said"),
    [
        ("broken", "import", "plugin 'mood' of acme 1.0 is broken at import: no\\nway"),
        ("incompatible", "metadata", "plugin 'mood' of acme 1.0 is incompatible: no\\nway"),
        ("conflict", "metadata", "plugin 'mood' of acme 1.0 is conflict: no\\nway"),
    ],
)
def test_a_failure_is_a_line(state, stage, said):
    record = replace(RECORD, state=state, stage=stage, error="no\nway")
    assert report(record) == said
    assert complaints(record) == (said,)


def test_what_it_changed_is_told_too():
    record = replace(RECORD, version="", state="broken", error="x", changed=("the locale", "sys.path"))
    assert complaints(record)[1] == (
        "plugin 'mood' of acme changed the locale, sys.path while it was imported; that was put back"
    )


def test_json_holds_every_field(undocumented):
    shown = json.loads(json.dumps(replace(RECORD, provides=("tasks.x",)).as_json()))
    assert (shown["id"], shown["provides"], shown["changed"]) == ("mood", ["tasks.x"], [])
    assert undocumented(PluginRecord) == set()
