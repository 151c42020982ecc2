"""Checkpoints behind the command and ``nlptasks.load``, from the reference to the answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import nlptasks
from nlptasks._cli.main import run_command
from nlptasks.errors import UsageError

QUESTION = {"question": "what works", "context": "the film is bad but the phone works and is great"}


@pytest.fixture
def folder(make) -> Path:
    return make("BertForQuestionAnswering")


def test_a_checkpoint_answers_by_its_own_layer(folder: Path) -> None:
    loaded = nlptasks.load("qa", backbone=str(folder), device="cpu")
    assert loaded([QUESTION])[0].canonical in QUESTION["context"]
    assert loaded.backbone.name == str(folder)
    assert nlptasks.load("qa", backbone=f"{folder}/", device="cpu").backbone is loaded.backbone


def test_run_writes_answers_and_names_the_checkpoint(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    data.write_text(json.dumps(QUESTION) + "\n")
    output = tmp_path / "out.jsonl"
    args = ["run", "qa", "--data", str(data), "--backbone", str(folder), "-o", str(output), "--device", "cpu", "-q"]
    assert run_command(args) == 0
    row = json.loads(output.read_text())
    report = nlptasks.run("qa", data, output=output, backbone=str(folder), force=True, device="cpu")
    assert json.loads(output.read_text()) == row
    assert (report.backbone, report.tasks[0].head) == (str(folder), "nlptasks:own")


def test_pickled_weights_need_a_word(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UsageError, match="only in pickled files"):
        nlptasks.load("qa", backbone=str(folder))
    assert nlptasks.load("qa", backbone=str(folder), allow_pickle=True, device="cpu")([QUESTION])[0].canonical

    data = tmp_path / "rows.jsonl"
    data.write_text(json.dumps(QUESTION) + "\n")
    args = ["run", "qa", "--data", str(data), "--backbone", str(folder), "-o", str(tmp_path / "out.jsonl"), "-q"]
    assert run_command(args) == 2
    assert "--allow-pickle" in capsys.readouterr().err
    assert run_command([*args, "--allow-pickle"]) == 0


@pytest.mark.parametrize(
    ("task", "said", "hint"),
    [
        ("sentiment", "the head 'binary' was trained on another backbone", "nlptasks train sentiment --data FILE"),
        ("classification", "the head 'topics' was trained on another backbone", "--head zero-shot --labels A,B,..."),
        ("generation", "fits no head for generation", "it provides encode, spans; tasks that it can do: "),
        ("translation", "fits no head for translation", "it provides encode, spans"),
    ],
)
def test_a_task_that_it_cannot_do(folder: Path, task: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        nlptasks.load(task, backbone=str(folder))
    assert hint in caught.value.hint


def test_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["backbones", "show", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{folder}: encoder, opened by nlptasks:hub"
    assert {"  layer: spans", "  provides: encode, spans", "  longest input: 64 tokens"} <= set(lines)
    tasks = next(line for line in lines if line.startswith("  tasks: "))
    assert "qa (head own)" in tasks
    assert run_command(["backbones", "show", str(folder), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["tasks"]["qa"], shown["tasks after training"]["qa"]) == (["own"], ["extractive"])
    assert run_command(["backbones", "show", "hub"]) == 0
    assert "--allow-pickle" in capsys.readouterr().out
    assert run_command(["backbones", "show", str(folder / "nowhere")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_the_options_of_backbones_are_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["run", "qa", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "--revision TEXT Branch, tag or commit of a checkpoint on the Hub. (backbone hub)" in shown
    assert "--allow-pickle / --no-allow-pickle" in shown


@pytest.mark.parametrize("args", [["backbones", "list"], ["backbones", "show", "hub"], ["run", "qa", "--help"]])
def test_listings_import_nothing_heavy(args: list[str]) -> None:
    code = f"""
import sys
from nlptasks._cli.main import run_command
code = run_command({args!r})
heavy = {{"torch", "transformers", "huggingface_hub", "safetensors", "numpy"}}
print("LOADED", *sorted(heavy & sys.modules.keys()))
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_a_head_is_trained_on_a_checkpoint_and_finds_it_again(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "train.csv"
    rows = [
        f"{'good great' if at % 2 else 'bad broken'} phone {at},{'positive' if at % 2 else 'negative'}"
        for at in range(60)
    ]
    data.write_text("\n".join(["text,label", *rows]) + "\n")
    head = tmp_path / "head"
    nlptasks.train("sentiment", data, head, backbone=str(folder), device="cpu")
    loaded = nlptasks.load("sentiment", head=str(head), device="cpu")
    assert loaded.backbone.name == str(folder)
    assert [answer.canonical for answer in loaded(["good great phone 9", "bad broken phone 8"])] == [
        "positive",
        "negative",
    ]
