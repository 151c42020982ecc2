"""The settings of the core, in groups that commands share."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest

from nlptasks._settings import groups
from nlptasks._settings.functions import FUNCTIONS
from nlptasks._settings.groups import LARGEST_SEED, Evaluation, SystemChoice, TableSource, TableTarget
from nlptasks.errors import UsageError
from nlptasks.plugin.options import from_values, option_fields

GROUPS = [kind for kind in vars(groups).values() if getattr(kind, "__module__", "") == groups.__name__]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_setting_has_a_line_of_help_and_what_has_no_flag_is_told(group, undocumented):
    options = {option.name: option for option in option_fields(group)}
    assert all(option.help for option in options.values())
    # A field that depends on the task, or that is a dataclass, has no flag of its own: the docstring tells it.
    told = {field.name for field in fields(group)} - undocumented(group)
    assert {field.name for field in fields(group)} - options.keys() <= told


def test_no_flag_stands_twice_in_a_command():
    run = Counter(option.flag for group in (TableSource, TableTarget, SystemChoice) for option in option_fields(group))
    assert [flag for flag, count in run.items() if count > 1] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_leaves_out_is_there(function):
    for group, left_out in FUNCTIONS[function].items():
        assert set(left_out) <= {option.name for option in option_fields(group)}


def test_a_seed_stands_once_and_is_one_that_numpy_takes():
    assert Evaluation(seeds=(1, 2)).seeds == (1, 2)
    with pytest.raises(UsageError, match="--seeds: a seed stands twice in 3,1,3"):
        Evaluation(seeds=(3, 1, 3))
    assert from_values(Evaluation, {"seeds": "0,4294967295"}).seeds == (0, LARGEST_SEED)
    with pytest.raises(UsageError, match="--seeds"):
        from_values(Evaluation, {"seeds": (LARGEST_SEED + 1,)})
    with pytest.raises(UsageError, match="--limit"):
        from_values(Evaluation, {"limit": -1})


def test_how_a_table_is_read_is_set_with_the_table():
    source = from_values(TableSource, {"data": "x.csv", "delimiter": "|", "max_cell": "1kb"})
    assert (source.reading.delimiter, source.reading.max_cell) == ("|", 1024)
