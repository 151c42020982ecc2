"""Damaged checkpoints: each fault is one error with the file, whatever opens the checkpoint."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

import nlptasks
from nlptasks.errors import NlptasksError
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_hub.checkpoints.inspection import inspect
from nlptasks_hub.notices import ResultWarning
from nlptasks_hub.options import CheckpointOptions

FLAGS = ("single_word", "lstrip", "rstrip", "normalized")
DEEP = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"


def refused(folder: Path, said: str, *, shown: bool = True) -> None:
    """Opening as a backbone and as a pipeline fails, and looking at it too where that reads the file."""
    for opening in (
        lambda: opened(open_checkpoint(str(folder)), device="cpu"),
        lambda: nlptasks.pipeline("text-classification", model=str(folder), device="cpu"),
        *([lambda: inspect(str(folder), CheckpointOptions())] if shown else []),
    ):
        with pytest.raises(NlptasksError) as caught:
            opening()
        assert said in caught.value.message
        assert caught.value.hint


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("config.json", DEEP, "config.json: not JSON (it is nested too deeply)"),
        ("config.json", "\udcff", "config.json: not JSON"),
        ("tokenizer_config.json", DEEP, "tokenizer_config.json: not JSON (it is nested too deeply)"),
        ("tokenizer_config.json", "[]", "tokenizer_config.json: not a JSON object"),
    ],
)
def test_files_that_are_no_json(make, file: str, content: str, said: str) -> None:
    folder = make("BertForSequenceClassification")
    (folder / file).write_text(content, errors="surrogateescape")
    refused(folder, said)


@pytest.mark.parametrize("content", ["", "{}", "[]", DEEP, '{"model": {"type": "Nothing"}}'])
def test_a_damaged_tokenizer(make, content: str) -> None:
    folder = make("BertForSequenceClassification")
    (folder / "tokenizer.json").write_text(content)
    refused(folder, "transformers cannot load the tokenizer", shown=False)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_hidden_layers", 10**9),
        ("num_hidden_layers", -1),
        ("num_attention_heads", -1),
        ("hidden_size", "32"),
        ("vocab_size", 0),
        ("task_specific_params", [1]),
    ],
)
def test_sizes_that_no_model_has(make, change, key: str, value: Any) -> None:
    folder = make("BertForSequenceClassification")
    change(folder / "config.json", **{key: value})
    refused(folder, f"{key} must")


@pytest.mark.parametrize(
    ("key", "value"), [("pad_token_id", float("inf")), ("eos_token_id", [1.5]), ("transformers_version", 4)]
)
def test_settings_of_generation_that_are_none(make, key: str, value: Any) -> None:
    folder = make("BertForSequenceClassification")
    (folder / "generation_config.json").write_text(json.dumps({key: value}))
    refused(folder, f"generation_config.json: {key} must be")


@pytest.mark.parametrize("limit", ["x", 0, -1, True])
def test_a_limit_that_is_none(make, change, limit: Any) -> None:
    folder = make("BertForSequenceClassification")
    change(folder / "tokenizer_config.json", model_max_length=limit)
    refused(folder, "tokenizer_config.json: model_max_length must be a number above 0")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(make, number: float) -> None:
    folder = make("BertForSequenceClassification")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.weight"][0, 0] = number
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    refused(folder, "damaged weights: classifier.weight holds NaN or infinite numbers (1 of ", shown=False)


def test_large_weights_are_numbers(make) -> None:
    folder = make("BertForSequenceClassification")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = torch.full((2,), 3e38)  # their sum is infinite
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert opened(open_checkpoint(str(folder)), device="cpu")


def test_weights_of_more_layers_than_the_configuration_has(make, change) -> None:
    folder = make("BertForSequenceClassification")
    change(folder / "config.json", num_hidden_layers=1)
    with pytest.warns(ResultWarning, match="16 of its weights belong to no layer that its config.json tells of"):
        opened(open_checkpoint(str(folder)), device="cpu")


def test_weights_of_other_sizes_are_never_made_up(make, change) -> None:
    folder = make("BertForSequenceClassification")
    change(folder / "config.json", id2label={"0": "a", "1": "b", "2": "c"}, label2id={"a": 0, "b": 1, "c": 2})
    said = "its weights for classifier.bias, classifier.weight have other sizes than its config.json says"
    refused(folder, said, shown=False)
    with pytest.raises(NlptasksError, match=re.escape(said)):
        nlptasks.pipeline(
            "text-classification", model=str(folder), device="cpu", model_kwargs={"ignore_mismatched_sizes": True}
        )


def test_a_tokenizer_that_is_larger_than_the_model(make) -> None:
    folder = make("BertForSequenceClassification", vocab_size=10)
    backbone = opened(open_checkpoint(str(folder)), device="cpu")
    with pytest.raises(NlptasksError, match=r"made the token \d+ .*and the model knows 10 tokens: they do not belong"):
        backbone.tokenize(["the phone is very good"])
    with pytest.raises(NlptasksError, match="the model knows 10 tokens: they do not belong together"):
        nlptasks.pipeline("text-classification", model=str(folder), device="cpu")("the phone is very good")


def test_a_padding_token_without_an_embedding_changes_nothing(make) -> None:
    folder = make("BertForSequenceClassification")
    alone = [logits(folder, [text])[0] for text in ("a", "the phone works")]
    added = json.loads((folder / "tokenizer.json").read_text())
    added["added_tokens"].append({"id": 95, "content": "[FILL]", "special": True} | dict.fromkeys(FLAGS, False))
    added["model"]["vocab"]["[FILL]"] = 95
    (folder / "tokenizer.json").write_text(json.dumps(added))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"pad_token": "[FILL]"}))
    np.testing.assert_allclose(np.stack(alone), logits(folder, ["a", "the phone works"]), rtol=1e-5, atol=1e-5)


def logits(folder: Path, texts: list[str]) -> NDArray[np.float32]:
    backbone = opened(open_checkpoint(str(folder)), device="cpu")
    found = backbone.encode([row[0] for row in backbone.tokenize(texts)]).logits
    assert found is not None
    return found
