"""The keywords of the Python API: known to a type checker, and refused by name where they are unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

import nlptasks
from nlptasks.errors import UsageError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("function", "given", "said"),
    [
        ("run", {"forse": True}, "nlptasks.run() has no keyword 'forse'; did you mean 'force'?"),
        ("run", {"reading": None}, "nlptasks.run() has no keyword 'reading'"),
        ("evaluate", {"metric": ("f1",)}, "nlptasks.evaluate() has no keyword 'metric'; did you mean 'metrics'?"),
        ("evaluate", {"limit": -1}, "--limit: -1 is below the minimum of 0"),
        ("evaluate", {"encoding": 3}, "--encoding: expected a string, got 3"),
        ("train", {"output": "x", "epochs": 0}, "--epochs: 0 is not above 0"),
        ("train", {"output": "x", "rate": float("nan")}, "--rate: expected a number, got nan"),
        ("train", {"output": "x", "columms": {}}, "nlptasks.train() has no keyword 'columms'; did you mean 'columns'?"),
    ],
)
def test_a_wrong_keyword_is_named_with_its_function(function, given, said):
    with pytest.raises(UsageError) as caught:
        getattr(nlptasks, function)("sentiment", "no-such-file.csv", **given)
    assert caught.value.message.startswith(said)
