"""How the settings of a model, a pipeline, a task and a call are laid over each other.

What is expected was read off transformers 4.57.6: the ``generation_config`` of its pipelines and, for calls, the one
that ``generate`` prepared.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from transformers import GenerationConfig

from nlptasks.errors import UsageError
from nlptasks_hub.pipelines.errors import InputError
from nlptasks_hub.pipelines.written.generation import UNSET, WritingSettings, prepare

SEARCH = {"max_new_tokens": 256, "num_beams": 4}
SAMPLE = {"max_new_tokens": 256, "do_sample": True, "temperature": 0.7}


def settle(
    own: dict[str, Any],
    defaults: dict[str, Any] = SEARCH,
    given: dict[str, Any] | None = None,
    task: dict[str, Any] | None = None,
    version: str | None = "4.57.6",
) -> WritingSettings:
    config = GenerationConfig(**own)
    config.transformers_version = version
    model = SimpleNamespace(generation_config=config, can_generate=lambda: True)
    return prepare(model, defaults, given or {}, task or {}, pad=7)


def test_a_pipeline_wins_over_the_model_and_a_length_of_the_model_over_its() -> None:
    settings = settle({"num_beams": 3, "max_length": 24, "min_length": 4, "length_penalty": 2.0})
    plan = settings.plan({})
    assert (plan.get("num_beams"), plan.get("min_length"), plan.get("length_penalty")) == (4, 4, 2.0)
    assert (plan.get("max_new_tokens"), plan.longest(1)) == (None, 24)
    assert plan.get("pad_token_id") == 7


def test_without_a_length_of_the_model_the_pipelines_holds_even_against_a_calls_max_length() -> None:
    settings = settle({"eos_token_id": 1})
    assert settings.plan({}).longest(1) == 257
    assert settings.plan({"max_length": 12}).longest(1) == 257
    assert settings.plan({"max_length": 12, "max_new_tokens": None}).longest(1) == 12
    assert settings.plan({"max_new_tokens": 9}).longest(1) == 10
    assert settle({}, given={"max_length": 12}).plan({}).longest(1) == 12


def test_a_task_comes_after_the_rule_about_lengths() -> None:
    task = {"max_length": 20, "min_length": 5, "num_beams": 2, "prefix": "summarize: "}
    plan = settle({}, task=task).plan({})
    assert (plan.get("num_beams"), plan.get("min_length"), plan.longest(1)) == (2, 5, 257)
    assert "prefix" not in plan.values


def test_arguments_of_the_opening_that_say_the_usual_give_way_to_newer_models() -> None:
    own = {"num_beams": 3, "do_sample": True, "temperature": 0.6}
    opened = {"num_beams": 1, "do_sample": False}
    for version, beams, samples in (("4.57.6", 3, True), ("4.50.0", 3, True), (None, 3, True), ("4.27.0", 1, False)):
        plan = settle(own, given=opened, version=version).plan({})
        assert (plan.get("num_beams"), plan.get("do_sample")) == (beams, samples), version
    plan = settle(own, given=opened).plan({"num_beams": 1, "do_sample": False})
    assert (plan.get("num_beams"), plan.get("do_sample")) == (1, False)


def test_no_temperature_means_no_sampling() -> None:
    assert settle({"temperature": 0.0}, {"max_new_tokens": 9, "do_sample": True}).plan({}).get("do_sample") is False


def test_a_configuration_of_the_call_takes_the_place_of_the_pipelines() -> None:
    settings = settle({"num_beams": 3, "eos_token_id": 2}, given={"length_penalty": 3.0})
    plan = settings.plan({"generation_config": GenerationConfig(max_new_tokens=5), "no_repeat_ngram_size": 2})
    assert (plan.get("num_beams"), plan.get("length_penalty"), plan.get("eos_token_id")) == (3, 1.0, 2)
    assert (plan.get("no_repeat_ngram_size"), plan.longest(1)) == (2, 6)
    plan = settings.plan({"generation_config": GenerationConfig(num_beams=1)})
    assert (plan.get("num_beams"), plan.longest(1)) == (1, 21)


def test_lengths_do_not_count_a_prefix() -> None:
    plan = settle({"max_length": 30}, SAMPLE).plan({"min_length": 10}, prefix=4)
    assert (plan.longest(8), plan.get("min_length")) == (34, 14)
    assert settle({"max_length": 30}, SAMPLE).plan({"max_new_tokens": 5}, prefix=4).longest(8) == 13


def test_arguments_that_generate_would_warn_of_are_left_out() -> None:
    plan = settle({"early_stopping": True}, SAMPLE).plan({"do_sample": False, "min_new_tokens": 2, "min_length": 9})
    arguments = plan.arguments(30)
    assert not {"temperature", "early_stopping", "min_length", "max_new_tokens"} & arguments.keys()
    assert (arguments["max_length"], arguments["min_new_tokens"], arguments["pad_token_id"]) == (30, 2, 7)
    assert settle({"max_new_tokens": 8}).plan({"max_new_tokens": None, "max_length": 5}).arguments(5) == {
        "num_beams": 4,
        "pad_token_id": 7,
        "max_new_tokens": None,
        "max_length": 5,
    }


def test_a_value_that_overrides_the_models_is_said_even_where_it_is_the_usual_one() -> None:
    arguments = settle({"num_beams": 3, "no_repeat_ngram_size": 3}).plan({"num_beams": 1}).arguments(9)
    assert (arguments["num_beams"], arguments["no_repeat_ngram_size"]) == (1, 3)


def test_which_prompts_may_share_a_batch() -> None:
    settings = settle({"eos_token_id": 0}, SAMPLE)
    assert settings.plan({"num_beams": 2, "length_penalty": 0.5, "max_new_tokens": 3}).pads
    for call in (
        {"repetition_penalty": 1.2},
        {"no_repeat_ngram_size": 2},
        {"max_new_tokens": None, "max_length": 30},
        {"min_length": 12},
        {"streamer": object()},
    ):
        assert not settings.plan(call).pads, call
    assert settings.plan({"streamer": object()}).alone
    assert settings.plan({"return_dict_in_generate": True}).alone
    assert not settings.plan({"repetition_penalty": 1.2}).alone


@pytest.mark.parametrize("value", [0, -3, 2.5, True, "9"])
def test_a_length_that_is_none(value: Any) -> None:
    with pytest.raises(InputError, match="max_new_tokens must be a whole number from 1"):
        settle({}).plan({"max_new_tokens": value})


def test_a_model_that_writes_no_text() -> None:
    model = SimpleNamespace(generation_config=None, can_generate=lambda: False)
    with pytest.raises(UsageError, match="writes no text") as caught:
        prepare(model, SEARCH, {}, {}, pad=None)
    assert "ForConditionalGeneration" in caught.value.hint


def test_what_is_unset_is_what_transformers_takes() -> None:
    filled = {
        name: value for name, value in UNSET.items() if name in {"max_length", "num_beams", "top_k", "temperature"}
    }
    assert filled == {"max_length": 20, "num_beams": 1, "top_k": 50, "temperature": 1.0}
