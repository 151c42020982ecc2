"""The signature of ``nlptasks.pipeline``: which arguments reach a pipeline, and that it is the one of the API."""

from __future__ import annotations

import pytest

import nlptasks
from nlptasks._pipelines.pipeline import pipeline
from nlptasks.errors import UsageError


def test_it_is_the_one_of_the_api():
    assert nlptasks.pipeline is pipeline


def test_arguments_that_were_not_given_are_not_passed_on():
    opened = pipeline("sentiment-analysis", model="bundled", framework="pt", num_workers=2)
    assert opened("A joy.")[0]["label"] == "positive"


def test_what_is_of_checkpoints_is_refused_on_an_installed_backbone():
    with pytest.raises(UsageError, match="revision"):
        pipeline("sentiment-analysis", model="bundled", revision="main")
