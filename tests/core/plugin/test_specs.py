"""Descriptors are plain data that tell all of their fields."""

from __future__ import annotations

import dataclasses

import pytest

from nlptasks._plugins.registry import KINDS
from nlptasks.plugin import HeadSpec, MetricSpec, hookimpl
from nlptasks.plugin.specs import PROJECT, Column
from nlptasks_tasks import nlptasks_tasks


@pytest.mark.parametrize("spec", [*KINDS.values(), Column], ids=lambda spec: spec.__name__)
def test_a_descriptor_is_frozen_by_keyword_and_told(spec, undocumented):
    assert spec.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(spec))
    assert undocumented(spec) == set()


def test_two_that_say_the_same_are_the_same():
    one, other = (HeadSpec(name="a", summary="s", task="qa", object="m:H") for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert MetricSpec(name="m", summary="s", object="m:M").range == (0.0, 1.0)


def test_the_marker_marks_for_this_project_alone():
    @hookimpl
    def nlptasks_heads():
        return []

    assert hasattr(nlptasks_heads, f"{PROJECT}_impl")


@pytest.mark.parametrize("task", nlptasks_tasks(), ids=lambda task: task.name)
def test_examples_of_a_task_have_its_columns_and_its_primary_metric_is_one_of_its_own(task):
    names = {column.name for column in (*task.inputs, task.gold)}
    assert all(set(example) == names for example in task.examples)
    assert task.examples
    assert task.primary in task.metrics
