"""The settings of a training, and their ranges."""

from __future__ import annotations

from typing import Any

import pytest

from nlptasks._settings.training import TrainingData, TrainingSettings, TrainingTarget
from nlptasks._training.methods import NAMES, OBJECTIVES
from nlptasks.errors import UsageError
from nlptasks.plugin.options import from_values, option_fields


def test_what_is_not_given_is_left_to_the_method():
    found = TrainingSettings()
    assert found.method == NAMES[0]
    assert (found.epochs, found.tokens, found.rate, found.max_tokens, found.objective) == (None,) * 5


def test_choices_are_the_methods_and_objectives_that_there_are():
    choices = {option.name: option.choices for option in option_fields(TrainingSettings)}
    assert choices["method"] == NAMES
    assert choices["objective"] == OBJECTIVES


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("epochs", 0.5, 0),
        ("epochs", 10_000, 10_001),
        ("tokens", 1, 0),
        ("rate", 1, 1.5),
        ("rate", 1e-9, 0),
        ("max_tokens", 8, 7),
        ("seed", 0, -1),
        ("objective", "denoise", "mend"),
        ("epochs", 1, float("nan")),
    ],
)
def test_ranges(name: str, good: Any, bad: Any):
    assert getattr(from_values(TrainingSettings, {name: good}), name) == good
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')}"):
        from_values(TrainingSettings, {name: bad})


def test_files_may_be_several_and_the_place_is_not_recorded():
    assert from_values(TrainingData, {"data": ("a,b.csv", "c.csv")}).data == ("a,b.csv", "c.csv")
    assert [option.said.get("recorded", True) for option in option_fields(TrainingTarget)] == [False, False]
