"""Changes of metrics as a table and as JSON."""

from __future__ import annotations

import pytest

from nlptasks._cli.views.rescored import change_as_json, changed
from nlptasks._scoring.rescore import MetricChange
from nlptasks.records.schema import Result


def value(number: float | None, signature: str = "s") -> Result:
    return Result(value=number, n=10, signature=signature)


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        (value(0.5), value(0.5), "0.500000 0.500000 +0"),
        (value(0.5), value(0.25), "0.500000 0.250000 -0.25 differs"),
        (value(None), value(None), "not defined not defined"),
        (None, value(0.5), "- 0.500000 new"),
        (None, None, "- - can read no sample"),
        (value(0.5), None, "0.500000 - not installed, or can read no sample"),
        (value(0.5), value(0.4, "t"), "0.500000 0.400000 -0.1 another signature: s became t"),
    ],
)
def test_a_row_of_the_table(old, new, cells):
    header, row = changed([MetricChange(metric="bleu", old=old, new=new)]).splitlines()
    assert header.split() == ["METRIC", "RECORD", "NOW", "DIFFERENCE", "NOTE"]
    assert " ".join(row.split()) == f"bleu {cells}"


def test_json_holds_both_results_whole():
    shown = change_as_json(MetricChange(metric="bleu", old=value(0.5), new=None))
    assert shown["record"]["value"] == 0.5
    assert (shown["now"], shown["difference"], shown["comparable"], shown["differs"]) == (None, None, False, False)
