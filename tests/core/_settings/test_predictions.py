"""The settings of predictions that stand in a file."""

from __future__ import annotations

from nlptasks._settings.groups import Evaluation, RecordTarget, TableSource
from nlptasks._settings.predictions import PredictionSource
from nlptasks.plugin.options import from_values, option_fields


def test_flags():
    assert [option.flag for option in option_fields(PredictionSource)] == [
        "--task", "--prediction", "--score-column", "--nll-column", "--by-order", "--filter", "--labels", "--partial"
    ]  # fmt: skip
    others = {o.flag for group in (TableSource, RecordTarget, Evaluation) for o in option_fields(group)}
    assert not {option.flag for option in option_fields(PredictionSource)} & others  # one command takes them all


def test_nothing_is_partial_unless_it_is_said():
    found = from_values(PredictionSource, {"labels": '"a,b",c', "task": "qa"})
    assert (found.labels, found.partial, found.nll_column) == (("a,b", "c"), False, "")
