"""Files that are missing, damaged or of another program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from nlptasks.errors import NlptasksError, UsageError
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_hub.checkpoints.files import check_tokenizer
from nlptasks_hub.checkpoints.headers import parameters_of, shapes_of
from nlptasks_hub.checkpoints.loading import load_model, load_tokenizer

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(make) -> Path:
    return make("BertForSequenceClassification", num_labels=3)


def test_shapes_and_number_of_weights(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    assert shapes_of(folder / WEIGHTS) == {name: tuple(weight.shape) for name, weight in weights.items()}
    assert parameters_of((folder / WEIGHTS,)) == sum(weight.numel() for weight in weights.values())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda content: content[:-1], "it is cut: its header tells of"),
        (lambda content: content[:5], "it has no header of safetensors"),
        (lambda content: b"", "it has no header of safetensors"),
        (lambda content: content[:100], "it has no header of safetensors, or is cut within it"),
        (lambda content: content + b"x", "it is too long"),
        (lambda content: content[:8] + b"?" + content[9:], "its header is not JSON"),
        (lambda content: (2).to_bytes(8, "little") + b"[]", "its header is not an object"),
        (lambda content: (8).to_bytes(8, "little") + b'{"a": 1}', "its header does not say where the weights are"),
        (lambda content: b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, not the weights"),
    ],
)
def test_damaged_weights_are_told_before_they_are_loaded(folder: Path, spoil, said: str) -> None:
    path = folder / WEIGHTS
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(NlptasksError, match=said) as caught:
        open_checkpoint(str(folder))
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_shards_that_are_missing_are_named(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    names = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    places = {name: names[at % 2] for at, name in enumerate(sorted(weights))}
    for file in names:
        save_file(
            {name: weights[name] for name, place in places.items() if place == file}, folder / file, {"format": "pt"}
        )
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    checkpoint = open_checkpoint(str(folder))
    load_model(checkpoint, "AutoModelForSequenceClassification", device=torch.device("cpu"))
    (folder / names[1]).unlink()
    with pytest.raises(NlptasksError, match=rf"1 of 2 files with weights are missing: {names[1]}"):
        open_checkpoint(str(folder))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../../secret"}}))
    with pytest.raises(NlptasksError, match="files outside its folder"):
        open_checkpoint(str(folder))


def test_pickled_weights_are_read_only_when_asked(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match="only in pickled files") as caught:
        open_checkpoint(str(folder))
    assert "--allow-pickle" in caught.value.hint
    assert "allow_pickle=True" in caught.value.hint
    checkpoint = open_checkpoint(str(folder), allow_pickle=True)
    model = load_model(checkpoint, "AutoModelForSequenceClassification", device=torch.device("cpu"))
    torch.testing.assert_close(model.classifier.weight, weights["classifier.weight"])


def test_safetensors_come_before_pickled_weights(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"not to be read")
    checkpoint = open_checkpoint(str(folder), allow_pickle=True)
    load_model(checkpoint, "AutoModelForSequenceClassification", device=torch.device("cpu"))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "has no weights: no model.safetensors in"),
        ("model.gguf", "weights only for llama.cpp"),
        ("tf_model.h5", "weights only for TensorFlow"),
        ("flax_model.msgpack", "weights only for Flax"),
    ],
)
def test_a_folder_without_weights(folder: Path, file: str, said: str) -> None:
    (folder / WEIGHTS).unlink()
    if file:
        (folder / file).touch()
    with pytest.raises(NlptasksError, match=said):
        open_checkpoint(str(folder))


def test_a_configuration_that_is_missing_or_damaged(folder: Path, tmp_path: Path) -> None:
    path = folder / "config.json"
    for content, said in (
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "has no 'model_type'"),
        ('{"model_type": "bert", "id2label": ["a"]}', "id2label is no mapping from numbers to names"),
        ('{"model_type": "bert", "id2label": {"x": "a"}}', "id2label is no mapping from numbers to names"),
    ):
        path.write_text(content)
        with pytest.raises(NlptasksError, match=said):
            open_checkpoint(str(folder))
    path.unlink()
    with pytest.raises(UsageError, match=r"holds no checkpoint: it has no config\.json"):
        open_checkpoint(str(folder))
    (folder / "adapter_config.json").touch()
    with pytest.raises(UsageError, match="is an adapter of PEFT, not a model"):
        open_checkpoint(str(folder))
    with pytest.raises(UsageError, match="there is no such folder"):
        open_checkpoint(str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="is one file of a checkpoint"):
        open_checkpoint(str(folder / "tokenizer.json"))


def test_code_of_a_checkpoint_is_never_run(folder: Path, change) -> None:
    (folder / "modeling_x.py").write_text("raise SystemExit('the code was run')\n")
    change(folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["modeling_x.X", None]})
    with pytest.raises(UsageError, match=r"Python code of its own \(auto_map in tokenizer_config.json\)") as caught:
        load_tokenizer(open_checkpoint(str(folder)))
    assert "trust_remote_code=True" in caught.value.hint
    change(folder / "config.json", auto_map={"AutoModel": "modeling_x.X"})
    with pytest.raises(UsageError, match=r"Python code of its own \(auto_map in config.json\)"):
        open_checkpoint(str(folder))


@pytest.mark.parametrize("key", ["vision_config", "num_mel_bins", "image_size"])
def test_what_reads_no_text_alone_is_refused(folder: Path, change, key: str) -> None:
    change(folder / "config.json", **{key: 1})
    with pytest.raises(UsageError, match=f"does not read text alone: its config.json has '{key}'"):
        open_checkpoint(str(folder))


def test_a_tokenizer_that_is_missing_is_not_made_up(folder: Path) -> None:
    checkpoint = open_checkpoint(str(folder))
    assert load_tokenizer(checkpoint)("good")["input_ids"]
    (folder / "tokenizer.json").unlink()
    with pytest.raises(NlptasksError, match="has no tokenizer: in"):
        load_tokenizer(checkpoint)
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(NlptasksError, match="transformers cannot load the tokenizer"):
        load_tokenizer(checkpoint)


@pytest.mark.parametrize(
    ("files", "complete"),
    [
        (("vocab.txt",), True),
        (("vocab.json",), False),
        (("vocab.json", "merges.txt"), True),
        (("source.spm", "vocab.json"), False),
        (("source.spm", "target.spm", "vocab.json"), True),
        (("spiece.model",), True),
    ],
)
def test_which_files_are_a_tokenizer(tmp_path: Path, files: tuple[str, ...], complete: bool) -> None:
    for file in files:
        (tmp_path / file).touch()
    if complete:
        check_tokenizer("x", tmp_path)
        return
    with pytest.raises(NlptasksError, match="x has no tokenizer"):
        check_tokenizer("x", tmp_path)


def test_a_tokenizer_of_bytes_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "ByT5Tokenizer"}')
    check_tokenizer("x", tmp_path)


def test_a_tokenizer_alone_can_be_opened(folder: Path) -> None:
    for name in ("config.json", WEIGHTS):
        (folder / name).unlink()
    checkpoint = open_checkpoint(str(folder), weights=False)
    assert (checkpoint.config, checkpoint.kind, checkpoint.layer) == ({}, "", "")
    assert load_tokenizer(checkpoint)("good")["input_ids"]
