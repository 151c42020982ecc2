"""Models are loaded whole or not at all: no layer is filled with random numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from nlptasks.errors import NlptasksError, UsageError
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_hub.checkpoints.loading import load_model

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("saved", "kind", "can"),
    [
        ("BertForQuestionAnswering", "AutoModelForSequenceClassification", "it can do: question-answering"),
        ("BertForSequenceClassification", "AutoModelForQuestionAnswering", "it can do: text-classification"),
        ("BertModel", "AutoModelForSequenceClassification", "it can do: no pipeline as it is"),
        ("BartForConditionalGeneration", "AutoModelForCausalLM", "it can do: text2text-generation"),
        ("GPT2LMHeadModel", "AutoModelForSeq2SeqLM", "it can do: text-generation"),
    ],
)
def test_a_checkpoint_of_another_kind_is_refused(make, saved: str, kind: str, can: str) -> None:
    checkpoint = open_checkpoint(str(make(saved)))
    with pytest.raises(UsageError, match=f"its weights are those of {saved}") as caught:
        load_model(checkpoint, kind, device=CPU)
    assert can in caught.value.hint
    assert f"nlptasks backbones show {checkpoint.reference}" in caught.value.hint


def test_weights_tell_where_the_configuration_names_no_class(make, change) -> None:
    folder = make("BertModel")
    change(folder / "config.json", architectures=None)
    checkpoint = open_checkpoint(str(folder))
    with pytest.raises(UsageError, match=r"it has no weights for classifier\.bias, classifier\.weight"):
        load_model(checkpoint, "AutoModelForSequenceClassification", device=CPU)


def test_a_weight_that_is_missing_is_named(make) -> None:
    folder = make("BertForSequenceClassification")
    weights = load_file(folder / "model.safetensors")
    del weights["bert.encoder.layer.0.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UsageError, match=r"no weights for bert\.encoder\.layer\.0\.output\.dense\.weight"):
        load_model(open_checkpoint(str(folder)), "AutoModelForSequenceClassification", device=CPU)


def test_weights_of_another_size_are_refused(make, change) -> None:
    folder = make("BertForSequenceClassification", num_labels=3)
    change(folder / "config.json", vocab_size=91)
    with pytest.raises(NlptasksError, match="does not fit"):
        load_model(open_checkpoint(str(folder)), "AutoModelForSequenceClassification", device=CPU)


def test_the_hidden_states_of_any_encoder(make) -> None:
    for name in ("BertForSequenceClassification", "BertForQuestionAnswering", "RobertaForMaskedLM"):
        checkpoint = open_checkpoint(str(make(name)))
        model = load_model(checkpoint, "AutoModel", device=CPU)
        assert not model.training
        assert not any(weight.requires_grad for weight in model.parameters())


def test_a_type_that_transformers_does_not_know(make, change) -> None:
    folder = make("BertModel")
    change(folder / "config.json", model_type="unheard-of", architectures=["UnheardOfModel"])
    with pytest.raises(NlptasksError, match="transformers cannot load the model") as caught:
        load_model(open_checkpoint(str(folder)), "AutoModel", device=CPU)
    assert "pip install -U transformers" in caught.value.hint


def test_nothing_is_written_on_the_terminal(make, capfd: pytest.CaptureFixture[str]) -> None:
    checkpoint = open_checkpoint(str(make("BertForQuestionAnswering")))
    capfd.readouterr()
    load_model(checkpoint, "AutoModel", device=CPU)
    assert capfd.readouterr() == ("", "")


def test_the_folder_may_be_relative(make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("BertForSequenceClassification", where=tmp_path / "models" / "mine")
    monkeypatch.chdir(tmp_path)
    load_model(open_checkpoint("models/mine"), "AutoModelForSequenceClassification", device=CPU)


def test_a_tokenizer_that_its_library_cannot_use_is_named(make) -> None:
    folder = make("BertModel")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["[UNKNOWN]"] = tokenizer["model"]["vocab"].pop("[UNK]")
    tokenizer["added_tokens"] = []
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    encoder = opened(open_checkpoint(str(folder)), device="cpu")
    with pytest.raises(NlptasksError, match=r"its tokenizer cannot read a text: WordPiece error") as caught:
        encoder.tokenize(["a word that it knows not: 評"])
    assert "tokenizer.json" in caught.value.hint
