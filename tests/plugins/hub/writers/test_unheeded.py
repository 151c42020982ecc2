"""Arguments of generation that come to nothing are told, each as transformers 4.57 logged it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from transformers import GenerationConfig

import nlptasks
from nlptasks_hub.notices import ResultWarning

from .conftest import TEXTS


@pytest.mark.parametrize(
    ("opening", "call", "said"),
    [
        ({"max_new_tokens": 5}, {"max_length": 12}, "max_new_tokens=5 comes first"),
        ({"max_length": 12, "max_new_tokens": 5}, {}, "max_length=12 does not bound"),
        ({"max_new_tokens": 5}, {"min_length": 2, "min_new_tokens": 1}, "min_length=2 does not bound"),
        ({"max_new_tokens": 5}, {"do_sample": False, "temperature": 0.5}, "temperature=0.5 has no effect"),
        ({"max_new_tokens": 5, "do_sample": False, "top_p": 0.5}, {}, "top_p=0.5 has no effect"),
        ({"max_new_tokens": 5}, {"length_penalty": 2.0}, "length_penalty=2.0 has no effect without a beam search"),
        (
            {},
            {"generation_config": GenerationConfig(max_new_tokens=4, do_sample=False, temperature=0.3, pad_token_id=0)},
            "temperature=0.3 has no effect",
        ),
    ],
)
def test_what_has_no_effect_is_told(gpt2: Path, opening: dict[str, Any], call: dict[str, Any], said: str) -> None:
    pipe = nlptasks.pipeline("text-generation", model=str(gpt2), device="cpu", **opening)
    with pytest.warns(ResultWarning) as told:
        pipe(TEXTS[0], **call)
    assert [str(item.message) for item in told if said in str(item.message)]
    assert {item.filename for item in told} == {__file__}


@pytest.mark.parametrize(
    ("opening", "call"),
    [
        ({}, {"max_new_tokens": 5}),
        ({"max_length": 120}, {"max_new_tokens": 5}),
        ({}, {"max_new_tokens": 5, "temperature": 0.5}),
        ({"temperature": 0.5}, {"max_new_tokens": 5, "do_sample": False}),
        ({}, {"max_new_tokens": 5, "num_beams": 2, "length_penalty": 2.0, "do_sample": False}),
        ({}, {"max_new_tokens": None, "max_length": 75}),
    ],
)
def test_what_has_an_effect_is_not(gpt2: Path, opening: dict[str, Any], call: dict[str, Any]) -> None:
    pipe = nlptasks.pipeline("text-generation", model=str(gpt2), device="cpu", **opening)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pipe(TEXTS[0], **call)


def test_the_models_own_come_before_those_of_the_opening(bart: Path) -> None:
    pipe = nlptasks.pipeline("text2text-generation", model=str(bart), device="cpu", num_beams=1, max_new_tokens=5)
    with pytest.warns(ResultWarning, match="num_beams=1 of the opening gives way to the model's own 3"):
        first = pipe(TEXTS[0], return_tensors=True)
    assert len(first[0]["generated_token_ids"]) <= 7


def test_the_usual_number_of_new_tokens_comes_before_a_length(t5: Path) -> None:
    pipe = nlptasks.pipeline("text2text-generation", model=str(t5), device="cpu")
    with pytest.warns(ResultWarning, match="max_length=12 does not bound what is written: max_new_tokens=256 comes"):
        assert pipe(TEXTS[0], max_length=12)


def test_a_translation_that_the_model_does_not_name(t5: Path) -> None:
    pipe = nlptasks.pipeline("translation_en_to_ja", model=str(t5), device="cpu", max_new_tokens=5)
    with pytest.warns(ResultWarning, match="it knows translation_en_to_de, translation_en_to_fr, and not"):
        pipe(TEXTS[0])
