"""Folders and files of other programs are named for what they are, whoever is given them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlptasks
from nlptasks._cli.main import run_command
from nlptasks.errors import UsageError
from nlptasks_hub.checkpoints.foreign import foreign

ADAPTER = json.dumps({"peft_type": "LORA", "base_model_name_or_path": "org/base"})
MODULES = json.dumps([{"idx": 0, "path": "0_BERT"}, {"idx": 1, "path": "1_Pooling"}])

#: Files with their content, what is said of them, and what the hint names.
FOLDERS = {
    "adapter": ({"adapter_config.json": ADAPTER}, "an adapter of PEFT (LORA) for org/base, not a model", "merge"),
    "odd adapter": ({"adapter_config.json": "[" * 100_000}, "an adapter of PEFT, not a model", "merge"),
    "merged": ({"adapter_config.json": ADAPTER, "config.json": "{}"}, "an adapter of PEFT", "take adapter_config.json"),
    "gguf": ({"model-q4.gguf": "GGUF"}, "weights for llama.cpp (GGUF): model-q4.gguf", "gguf_file"),
    "onnx": ({"onnx/model.onnx": ""}, "an export for ONNX Runtime: model.onnx", "the checkpoint that it was made from"),
    "openvino": ({"openvino_model.xml": ""}, "an export for OpenVINO", "the checkpoint that it was made from"),
    "tensorflow": ({"tf_model.h5": ""}, "weights for TensorFlow: tf_model.h5", "from_tf=True"),
    "flax": ({"flax_model.msgpack": ""}, "weights for Flax", "from_flax=True"),
    "sentences": ({"modules.json": MODULES, "0_BERT/config.json": "{}"}, "a model of sentence-transformers", "/0_BERT"),
    "pictures": ({"model_index.json": "{}"}, "a model of diffusers", "a model of text"),
    "pickled": (
        {"pytorch_model.bin": ""},
        "a folder with pickled weights (pytorch_model.bin)",
        "save_pretrained",
    ),
    "training": ({"checkpoint-5/config.json": "{}"}, "a folder of checkpoints", "/checkpoint-5"),
    "cache": ({"snapshots/abc/config.json": "{}"}, "a folder of checkpoints", "/snapshots/abc"),
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_named_wherever_it_is_given(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files, what, hint = FOLDERS[name]
    folder = written(tmp_path / name.replace(" ", "-"), files)
    found = foreign(folder)
    assert found is not None
    assert (what in found.what, hint in found.hint) == (True, True)
    for task in (None, "text-classification"):
        with pytest.raises(UsageError) as caught:
            nlptasks.pipeline(task, model=str(folder))
        assert what in caught.value.message
    assert run_command(["backbones", "show", str(folder)]) == 2
    said = capsys.readouterr().err
    assert (what in said, hint in said) == (True, True)
    if name != "merged":  # where the marker is, --backbone goes the way of show
        rows = written(tmp_path, {"rows.csv": "text\na phone\n"}) / "rows.csv"
        assert run_command(["run", "sentiment", "--data", str(rows), "--backbone", str(folder)]) == 2
        assert what in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("m.gguf", "a file for llama.cpp"),
        ("m.onnx", "an export for ONNX"),
        ("model.safetensors", "a file with weights alone"),
        ("m.zip", "an archive"),
    ],
)
def test_a_file_is_named(file: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {file: ""})
    monkeypatch.chdir(tmp_path)
    for model in (file, f"./{file}", tmp_path / file):
        with pytest.raises(UsageError, match=f"is {what}"):
            nlptasks.pipeline("text-generation", model=model)
    assert run_command(["backbones", "show", f"./{file}"]) == 2


def test_a_folder_that_nobody_knows(tmp_path: Path) -> None:
    assert foreign(tmp_path) is None
    assert foreign(written(tmp_path / "text", {"notes.txt": ""}) / "notes.txt") is None
