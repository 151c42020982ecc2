"""What a checkpoint says of itself, without a weight being read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.inspection import Inspection
from nlptasks_hub.checkpoints.architecture import kind_of, layer_of
from nlptasks_hub.checkpoints.inspection import inspect, provides_of
from nlptasks_hub.checkpoints.limits import longest_input
from nlptasks_hub.options import CheckpointOptions

NLI = {0: "contradiction", 1: "neutral", 2: "entailment"}
OPINIONS = {0: "NEGATIVE", 1: "POSITIVE"}


def look(folder: Path) -> Inspection:
    return inspect(str(folder), CheckpointOptions())


@pytest.mark.parametrize(
    ("name", "settings", "kind", "layer", "provides", "tasks"),
    [
        ("BertModel", {}, "encoder", "", "encode", ""),
        ("BertForMaskedLM", {}, "encoder", "", "encode", ""),
        ("BertForTokenClassification", {}, "encoder", "", "encode", ""),
        ("BertForQuestionAnswering", {}, "encoder", "spans", "encode spans", "qa"),
        (
            "BertForSequenceClassification",
            {"id2label": OPINIONS},
            "encoder",
            "labels",
            "encode labels",
            "classification sentiment",
        ),
        (
            "BertForSequenceClassification",
            {"id2label": {0: "world", 1: "sports"}},
            "encoder",
            "labels",
            "encode labels",
            "classification",
        ),
        (
            "BertForSequenceClassification",
            {"id2label": NLI},
            "encoder",
            "labels",
            "encode entailment labels",
            "classification",
        ),
        (
            "BartForSequenceClassification",
            {"id2label": NLI},
            "encoder-decoder",
            "labels",
            "encode entailment labels",
            "classification",
        ),
        ("GPT2ForSequenceClassification", {}, "decoder", "labels", "encode labels", "classification sentiment"),
        ("RobertaForQuestionAnswering", {}, "encoder", "spans", "encode spans", "qa"),
        (
            "BartForConditionalGeneration",
            {},
            "encoder-decoder",
            "language-model",
            "encode generate prompt score",
            "generation summarization",
        ),
        (
            "T5ForConditionalGeneration",
            {"task_specific_params": {"translation_en_to_ro": {"prefix": "translate: "}}},
            "encoder-decoder",
            "language-model",
            "encode generate prompt score",
            "generation summarization translation",
        ),
        ("MarianMTModel", {}, "encoder-decoder", "language-model", "encode generate score", "translation"),
        ("GPT2LMHeadModel", {}, "decoder", "language-model", "generate prompt score", "generation"),
        ("T5EncoderModel", {}, "encoder", "", "", ""),
    ],
)
def test_kinds_of_checkpoints(make, name, settings, kind, layer, provides, tasks) -> None:
    folder = make(name, **settings)
    found = look(folder)
    assert (found.kind, found.layer) == (kind, layer)
    assert " ".join(sorted(found.provides)) == provides
    assert " ".join(found.tasks) == tasks
    assert found.parameters == sum(weight.numel() for weight in load_file(folder / "model.safetensors").values())
    facts = dict(found.facts)
    assert (facts["architecture"], facts["stored as"], facts["tokenizer"]) == (name, "safetensors, 1 file", "there")


def test_labels_and_how_they_are_scored(make, change) -> None:
    folder = make("BertForSequenceClassification", id2label={10: "ten", 9: "nine", 0: "zero"})
    assert look(folder).labels == ("zero", "nine", "ten")
    assert dict(look(folder).facts)["problem type"] == "single_label_classification"
    change(folder / "config.json", problem_type="multi_label_classification")
    assert dict(look(folder).facts)["problem type"] == "multi_label_classification"
    change(folder / "config.json", problem_type=None, id2label={"0": "LABEL_0"})
    assert dict(look(folder).facts)["problem type"] == "regression"
    assert look(folder).tasks == ("classification",)


def test_opinions_are_told_from_other_labels(make, change) -> None:
    folder = make("BertForSequenceClassification")
    for labels, opinions in (
        (["LABEL_0", "LABEL_1"], True),
        (["negative", "neutral", "positive"], True),
        ([f"{stars} stars" if stars > 1 else "1 star" for stars in range(1, 6)], True),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], True),
        (["1", "2", "3", "4", "5"], True),
        (["LABEL_0", "LABEL_1", "LABEL_2"], False),
        (["positive"], False),
        (["neutral", "positive"], False),
        (["entailment", "neutral", "contradiction"], False),
        (["positive", "spam"], False),
        ([f"LABEL_{at}" for at in range(6)], False),
    ):
        change(folder / "config.json", id2label=dict(enumerate(labels)))
        assert ("sentiment" in look(folder).tasks) is opinions, labels


def test_languages(make, change, tmp_path: Path) -> None:
    marian = make("MarianMTModel", where=tmp_path / "opus-mt-tc-big-en-fi")
    assert look(marian).languages == ("en", "fi")
    change(marian / "tokenizer_config.json", source_lang="deu", target_lang="fra")
    assert look(marian).languages == ("de", "fr")
    bart = make("BartForConditionalGeneration", where=tmp_path / "many")
    assert (look(bart).languages, look(bart).tasks) == ((), ("generation", "summarization"))
    change(bart / "tokenizer_config.json", additional_special_tokens=["en_XX", "ro_RO", "<mask>", "__af__", "eng_Latn"])
    assert look(bart).languages == ("en", "ro", "af")
    assert "translation" in look(bart).tasks


def test_prefixes_are_shown(make) -> None:
    named = {"summarization": {"prefix": "summarize: "}, "translation_en_to_de": {"prefix": "in German: "}, "x": 1}
    found = look(make("T5ForConditionalGeneration", task_specific_params=named))
    assert dict(found.facts)["prefix of summarization"] == "summarize: "
    assert dict(found.facts)["prefix of translation_en_to_de"] == "in German: "
    assert found.languages == ("en", "de")


@pytest.mark.parametrize(
    ("config", "tokenizer", "longest"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512}, {}, 512),
        ({"model_type": "bert", "max_position_embeddings": 512}, {"model_max_length": 128}, 128),
        ({"model_type": "bert", "max_position_embeddings": 512}, {"model_max_length": 1e30}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, {}, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514}, {}, 512),
        ({"model_type": "gpt2", "n_positions": 1024, "n_ctx": 1024}, {}, 1024),
        ({"model_type": "t5", "n_positions": 512}, {}, 0),
        ({"model_type": "t5", "n_positions": 512}, {"model_max_length": 512}, 512),
    ],
)
def test_the_longest_input(config, tokenizer, longest: int) -> None:
    assert longest_input(config, tokenizer) == longest


@pytest.mark.parametrize(
    ("config", "kind", "layer", "provides"),
    [
        ({"model_type": "bert"}, "encoder", "", {"encode"}),
        ({"model_type": "bert", "id2label": {"0": "LABEL_0"}}, "encoder", "", {"encode"}),
        ({"model_type": "bert", "id2label": {"0": "good"}}, "encoder", "labels", {"encode", "labels"}),
        ({"model_type": "marian"}, "encoder-decoder", "language-model", {"encode", "generate", "score"}),
        ({"model_type": "gpt2"}, "decoder", "language-model", {"generate", "score"}),
        (
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
            "decoder",
            "language-model",
            {"generate", "score"},
        ),
        (
            {"model_type": "xlm", "architectures": ["XLMForQuestionAnsweringSimple"]},
            "encoder",
            "spans",
            {"encode", "spans"},
        ),
    ],
)
def test_configurations_of_other_makers(config, kind: str, layer: str, provides: set[str]) -> None:
    assert (kind_of(config), layer_of(config), provides_of(config)) == (kind, layer, provides)


def test_what_is_wrong_with_files_is_told_or_shown(make) -> None:
    folder = make("BertForQuestionAnswering")
    (folder / "tokenizer.json").unlink()
    assert dict(look(folder).facts)["tokenizer"].startswith("none: ")
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[:-10])
    with pytest.raises(NlptasksError, match="damaged weights"):
        look(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    found = look(folder)
    assert (found.parameters, dict(found.facts)["stored as"]) == (0, "pickled: read only with --allow-pickle")
    (folder / "pytorch_model.bin").unlink()
    assert dict(look(folder).facts)["stored as"].startswith("none: ")
    (folder / "config.json").unlink()
    with pytest.raises(UsageError, match=r"it has no config\.json"):
        look(folder)


def test_no_weight_is_read_and_nothing_heavy_imported(make) -> None:
    folder = make("BertForSequenceClassification")
    code = f"""
import sys
from nlptasks._cli.main import run_command
code = run_command(["backbones", "show", {str(folder)!r}, "--json"])
print("LOADED", *sorted({{"torch", "transformers", "safetensors", "numpy"}} & sys.modules.keys()), file=sys.stderr)
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "LOADED"
    shown = json.loads(done.stdout)
    assert shown["reference"] == str(folder)
    assert (shown["kind"], shown["layer"], shown["provides"]) == ("encoder", "labels", ["encode", "labels"])
    assert shown["max_tokens"] == 64
