"""Training for a task from files to a folder, by both methods, and what other commands make of the folder."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.predict import predict
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.folders import CARD, named_backbone, trained_head
from nlptasks._systems.session import Session
from nlptasks._training.finetune import DONE
from nlptasks._training.train import TrainRequest, train
from nlptasks.errors import BackboneMismatchError, UsageError
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.plugin import ENCODE, BackboneSpec
from nlptasks.plugin.protocols import BackboneContext, Example, TrainReport
from nlptasks.testing import write_tiny_checkpoint
from nlptasks.training.recipes import RecipeJob, RecipeReport, read_recipe
from nlptasks_bundled.training import trainer

#: Folder of the tiny backbone's own weights; each test has its own.
START = Path()


def load_tiny(context: BackboneContext) -> TransformerEncoder:
    return TransformerEncoder(context.folder or START, name="tiny", device="cpu")


def train_tiny(job: RecipeJob) -> RecipeReport:
    return trainer.train_from(job.start or START, job)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Session:
    """The real plugins with a tiny backbone that can be fine-tuned."""
    monkeypatch.setattr(f"{__name__}.START", write_tiny_checkpoint(tmp_path / "start"))
    registry = load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry
    tiny = BackboneSpec(
        name="tiny",
        summary="t",
        object=f"{__name__}:load_tiny",
        provides=frozenset({ENCODE}),
        default=True,
        trainer=f"{__name__}:train_tiny",
    )
    others = (item for item in registry.items if not isinstance(item.spec, BackboneSpec))
    return Session(Registry((*others, Owned(tiny, "t", "test"))))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Rows for both tasks."""
    words = [("good", "positive"), ("bad", "negative")]
    draw, others = random.Random(0), ["phone", "film", "the", "a", "is", "very", "works"]
    rows = [
        ("text", "label"),
        *((" ".join([*draw.sample(others, 3), word, *draw.sample(others, 3)]), label)
          for _ in range(30) for word, label in words),
    ]  # fmt: skip
    with (tmp_path / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    questions = [
        {"question": "is it", "context": f"the film {'very ' * n}is {word}", "answers": [word]}
        for n in range(30)
        for word in ("great", "broken")
    ]
    text = "".join(json.dumps(row) + "\n" for row in questions)
    (tmp_path / "questions.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def go(session: Session, data: Path) -> Callable[..., TrainReport]:
    def call(
        task: str, output: str, *, backbone: str = "", tell: Callable[[str], None] = str, **given: Any
    ) -> TrainReport:
        plan = session.choose(session.tasks([task]), SystemChoice(backbone=backbone))
        file = str(data / ("questions.jsonl" if task == "qa" else "rows.csv"))
        request = TrainRequest(**{"data": (file,), "output": data / output, **given})
        return train(session, plan, request, tell)

    return call


FINE = {"method": "finetune", "epochs": 12, "rate": 2e-3, "max_tokens": 48}


def answers(session: Session, task: str, folder: Path, inputs: list[dict[str, str]], backbone: str = "") -> list[str]:
    choice = SystemChoice(heads={task: f"{folder}/"}, backbone=backbone, device="cpu")
    opened = session.load(session.choose(session.tasks([task]), choice))
    found = predict(opened.heads, opened.backbone, [[Example(row) for row in inputs]]).by_head[0]
    return [answer.canonical for answer in found if answer]


def test_labels_are_learnt_and_the_folder_is_all_it_takes(go, session: Session, data: Path) -> None:
    shown: list[tuple[int, int]] = []
    told: list[str] = []
    go("sentiment", "out", tell=told.append, **FINE)
    card = json.loads((data / "out" / CARD).read_text())
    assert card["backbone"]["folder"] == "backbone"
    assert card["backbone"]["digest"] == load_tiny(BackboneContext(folder=data / "out" / "backbone")).digest
    assert card["fine-tuning"]["steps"] > 1
    assert card["rows"]["validation"] == 6
    assert card["plugins"].keys() == {"head", "backbone", "task"}
    assert not (data / "out" / DONE).exists()
    recipe = read_recipe(data / "out" / "backbone" / "recipe.toml")
    assert (recipe.backbone, recipe.epochs, recipe.encoder_rate, recipe.max_tokens) == ("tiny", 12, 2e-3, 48)
    assert any(line.startswith("loss sentiment/") for line in told)
    moved = shutil.move(data / "out", data / "moved")
    texts = [{"text": "a good phone"}, {"text": "a bad phone"}]
    assert answers(session, "sentiment", Path(moved), texts) == ["positive", "negative"]
    assert not shown


def test_questions_take_the_layer_that_was_trained_with_the_backbone(go, session: Session, data: Path) -> None:
    report = go("qa", "out", **FINE)
    assert report.settings["layer"] == "qa"
    assert report.scores["exact-match"] > 0.8
    row = {"question": "is it", "context": "the film works and is great"}
    assert answers(session, "qa", data / "out", [row]) == ["great"]
    folder = str(data / "out" / "backbone")
    go("qa", "again", backbone=folder, data=(), layers=Path(folder))
    assert (data / "again" / "head.safetensors").read_bytes() == (data / "out" / "head.safetensors").read_bytes()
    assert answers(session, "qa", data / "again", [row], backbone=str(data / "out")) == ["great"]
    with pytest.raises(BackboneMismatchError, match="trained on the backbone 'tiny' with digest"):
        answers(session, "qa", data / "again", [row])
    with pytest.raises(BackboneMismatchError, match="belong to the backbone there, and the backbone 'tiny' here"):
        go("qa", "foreign", data=(), layers=Path(folder))
    assert not (data / "foreign").exists()


def test_interrupted_between_backbone_and_head(go, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go("sentiment", "whole", **FINE)

    def stop(line: str) -> None:
        if line.startswith("validation: "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go("sentiment", "broken", tell=stop, **FINE)
    assert (data / "broken" / DONE).exists()
    with pytest.raises(UsageError, match="fine-tuned on other data or with other flags"):
        go("sentiment", "broken", **{**FINE, "rate": 1e-3})
    told: list[str] = []
    go("sentiment", "broken", tell=told.append, **FINE)
    assert "the backbone is fine-tuned already; going on with the head" in told
    for name in (CARD, "head.safetensors", "backbone/model.safetensors"):
        assert (data / "broken" / name).read_bytes() == (data / "whole" / name).read_bytes()


def test_a_finished_folder_is_trained_again_only_by_force(go, data: Path) -> None:
    quick = {**FINE, "epochs": 3}
    go("sentiment", "out", **quick)
    with pytest.raises(UsageError, match="holds a trained head already"):
        go("sentiment", "out", **quick)
    before = (data / "out" / "backbone" / "model.safetensors").read_bytes()
    go("sentiment", "out", force=True, seed=1, **quick)
    assert (data / "out" / "backbone" / "model.safetensors").read_bytes() != before


def test_fine_tuning_goes_on_from_what_an_earlier_one_left(go, session: Session, data: Path) -> None:
    go("sentiment", "first", **{**FINE, "epochs": 2})
    # At the rate 0 nothing is learnt, so that the weights tell where they are from.
    go("classification", "next", backbone=str(data / "first"), method="finetune", tokens=100, rate=0.0)
    first, after = (load_file(data / name / "backbone" / "model.safetensors") for name in ("first", "next"))
    assert all((after[name] == weight).all() for name, weight in first.items())
    assert len(answers(session, "classification", data / "next", [{"text": "the good film"}])) == 1
    with pytest.raises(UsageError, match="first holds the backbone that training goes on from"):
        go("classification", "first", backbone=str(data / "first"), method="finetune", tokens=100, force=True)
    assert (data / "first" / CARD).exists()


def test_one_run_opens_one_backbone(go, session: Session, data: Path) -> None:
    quick = {"method": "finetune", "tokens": 100}
    go("sentiment", "a", **quick)
    go("classification", "b", **quick)
    go("sentiment", "plain")
    a, b, plain = (data / name for name in ("a", "b", "plain"))
    heads = {"sentiment": f"{a}/", "classification": f"{b}/"}
    tasks = session.tasks(["sentiment", "classification"])
    with pytest.raises(UsageError, match=r"the heads in .*a and .*b have each a backbone of their own"):
        session.choose(tasks, SystemChoice(heads=heads))
    with pytest.raises(UsageError, match="has a backbone of its own, and --backbone names another: tiny"):
        session.choose(tasks[:1], SystemChoice(heads=heads, backbone="tiny"))
    with pytest.raises(UsageError, match="holds a head without a backbone of its own: it was trained on 'tiny'"):
        session.choose(tasks[1:], SystemChoice(backbone=str(plain)))
    of_a, of_plain = trained_head(a, tasks[0]), trained_head(plain, tasks[0])
    for named, folder in (
        (named_backbone([of_a], ""), a / "backbone"),
        (named_backbone([of_a], str(a)), a / "backbone"),
        (named_backbone([of_plain], str(b)), b / "backbone"),
        (named_backbone([of_plain], "tiny"), None),
    ):
        assert (named.name, named.folder) == ("tiny", folder)


@pytest.mark.parametrize(
    ("task", "given", "said"),
    [
        ("sentiment", {"method": "finetun"}, "no method 'finetun'; did you mean 'finetune'?"),
        ("sentiment", {"epochs": 2}, "--epochs says how a backbone is fine-tuned, and the method 'probe'"),
        ("sentiment", {"data": ()}, "there is nothing to train on"),
        ("summarization", {"data": (), "layers": Path("x")}, "'extractive' cannot be made of an output layer"),
        ("qa", {"layers": Path("x")}, "--from-layers takes the head out of a folder and trains nothing"),
        ("summarization", {"method": "finetune"}, "learns labels and spans"),
    ],
)
def test_flags_that_do_not_go_together(go, data: Path, task: str, given: dict[str, Any], said: str) -> None:
    if task == "summarization":
        (data / "rows.csv").write_text("document,summary\na b.,a\nc d.,c\n")
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        go(task, "out", **given)
