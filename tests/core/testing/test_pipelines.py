"""The check of pipelines."""

from __future__ import annotations

import pytest

from nlptasks.errors import UsageError
from nlptasks.plugin import PipelineSpec
from nlptasks.testing import check_pipeline


def shout(context):
    if context.model is None or context.model == "/no/such/model":
        raise UsageError("there is no model to shout with")
    return lambda texts: [text.upper() for text in texts]


def shout_at_nobody(context):
    return context.model.upper()


def shout_all(context):
    return lambda texts: ["".join(texts)]


def shout_in_order(context):
    return lambda texts: [f"{at} {text}" for at, text in enumerate(texts)]


def anything(context):
    return "perhaps"


def spec(made: str, **more) -> PipelineSpec:
    return PipelineSpec(name="shout", summary="s", object=f"{__name__}:{made}", **more)


def test_an_honest_one_passes() -> None:
    check_pipeline(spec("shout"))
    check_pipeline(spec("shout"), model="loud", inputs=["a", "b"])


@pytest.mark.parametrize(
    ("planted", "given", "says"),
    [
        (spec("gone"), {}, "cannot import"),
        (spec("shout_at_nobody"), {}, "AttributeError"),
        (spec("shout_all"), {"model": "loud", "inputs": ["a", "b"]}, "gave 1 results for 2 inputs"),
        (spec("shout_in_order"), {"model": "loud", "inputs": ["a", "b"]}, "another order of the inputs"),
        (spec("shout", fits=f"{__name__}:anything"), {}, "fits must give True or False"),
        (spec("shout", pattern="sh(?P<how>.*)"), {}, "the pattern also means the name 'shout'"),
    ],
)
def test_a_planted_fault_is_caught_and_named(planted, given, says) -> None:
    with pytest.raises(AssertionError, match=says):
        check_pipeline(planted, **given)
