"""What a pipeline is opened with."""

from __future__ import annotations

import pytest

from nlptasks.plugin.pipelines import PipelineContext


def test_the_settings_of_two_contexts_are_not_one(undocumented):
    one, other = (PipelineContext(task="qa", model=None) for _ in range(2))
    assert one == other
    assert one.settings is not other.settings
    assert undocumented(PipelineContext) == set()


def test_a_model_may_be_anything_and_is_kept_as_it_is():
    model = object()
    assert PipelineContext(task="", model=model).model is model
    with pytest.raises(TypeError):
        PipelineContext("qa", model)
