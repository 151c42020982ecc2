"""Files of a Hub model's ``.eval_results``. Files of others: ``test_foreign.py``."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from nlptasks._exchange.eval_results import dump, load
from nlptasks.errors import UsageError


def test_the_primary_value_with_a_note(record):
    (entry,) = yaml.safe_load(dump([record], 0))
    assert entry["dataset"] == {"id": "org/films", "task_id": "sentiment", "revision": "2"}
    assert entry["value"] == 0.75
    assert entry["notes"] == ("nlptasks: metric accuracy; n 40; 95 % interval 0.6 to 0.85; signature metric:accuracy")


def test_a_record_whose_primary_value_is_not_defined_is_only_whole(record):
    undefined = replace(record, primary="ter")
    text = dump([undefined], 0)
    assert yaml.safe_load(text) == []
    assert load(text, "file", "").shown == ()
    assert load(text, "file", "").whole[0].scores == record.scores


def test_one_file_is_of_one_system_which_is_in_the_comments(named):
    with pytest.raises(UsageError, match="is of one model, and these records are of 2"):
        dump([named("a", "x"), named("b", "x")], 0)
    text = dump([named("a", "x")], 0)
    assert load(text, "file", "").shown[0].model.name == "a"
    assert load(text, "file", "other").shown[0].model.name == "other"
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    with pytest.raises(UsageError, match="file does not name its model"):
        load(bare, "file", "")
