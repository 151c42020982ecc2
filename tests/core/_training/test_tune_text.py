"""Training a decoder for heads that write text, from files to a backbone's folder that every head opens."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._running.predict import predict
from nlptasks._settings.groups import SystemChoice, TableSource
from nlptasks._systems.session import Session
from nlptasks._training.methods import DECODER
from nlptasks._training.train import TrainRequest, train
from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import sha256_of
from nlptasks.models.checkpoints import DECODER as DECODER_FILE
from nlptasks.models.checkpoints import ENCODER
from nlptasks.models.generation import Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.plugin import ENCODE, GENERATE, SCORE, BackboneSpec
from nlptasks.plugin.protocols import BackboneContext, Example, TrainReport
from nlptasks.testing import write_tiny_checkpoint, write_tiny_seq2seq_checkpoint
from nlptasks.training.log import read_log
from nlptasks.training.recipes import MODEL_CARD, RecipeJob, RecipeReport, RecipeTask, read_recipe
from nlptasks_bundled.training.decoder import trainer
from nlptasks_bundled.training.loop import Loop

WORDS = {"good": "Bueno", "bad": "Malo", "great": "Grande", "broken": "Roto"}

#: Folder of the tiny backbone's own weights; each test has its own.
START = Path()


def load_tiny(context: BackboneContext) -> TransformerSeq2Seq:
    return TransformerSeq2Seq(context.folder or START, name="tiny", device="cpu")


def train_tiny(job: RecipeJob) -> RecipeReport:
    return trainer.train_from(job.start or START, job)


def write_rows(path: Path, rows: list[tuple[str, ...]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@dataclass(frozen=True)
class Place:
    """The real plugins with a tiny backbone, and a folder with data."""

    session: Session
    folder: Path

    def train(
        self,
        task: str,
        output: str,
        *,
        head: str = "",
        backbone: str = "",
        options: Mapping[str, Any] | None = None,
        tell: Callable[[str], None] = str,
        **given: Any,
    ) -> TrainReport:
        heads = {task: head} if head else {}
        choice = SystemChoice(heads=heads, backbone=backbone, options=options or {})
        plan = self.session.choose(self.session.tasks([task]), choice, made=DECODER)
        data = (str(self.folder / f"{task}.csv"),)
        return train(self.session, plan, TrainRequest(**{"data": data, "output": self.folder / output, **given}), tell)

    def answers(self, task: str, backbone: Path | str, inputs: list[dict[str, str]], **options: Any) -> list[str]:
        heads = {task: options.pop("head")} if "head" in options else {}
        choice = SystemChoice(heads=heads, backbone=str(backbone), options=options, device="cpu")
        opened = self.session.load(self.session.choose(self.session.tasks([task]), choice))
        found = predict(opened.heads, opened.backbone, [[Example(row) for row in inputs]]).by_head[0]
        return [answer.canonical for answer in found if answer]


Make = Callable[..., Place]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Make:
    """Makes the place; its backbone has a decoder, or none."""

    def make(*, decoder: bool = True) -> Place:
        write = write_tiny_seq2seq_checkpoint if decoder else write_tiny_checkpoint
        monkeypatch.setattr(f"{__name__}.START", write(tmp_path / "start"))
        registry = load_plugins(replace(Config(), disable=frozenset({"bundled", "progress"}))).registry
        tiny = BackboneSpec(
            name="tiny",
            summary="t",
            object=f"{__name__}:load_tiny",
            provides=frozenset({ENCODE, GENERATE, SCORE} if decoder else {ENCODE}),
            default=True,
            trainer=f"{__name__}:train_tiny",
        )
        others = (item for item in registry.items if not isinstance(item.spec, BackboneSpec))
        return Place(Session(Registry((*others, Owned(tiny, "t", "test")))), tmp_path)

    draw = random.Random(0)
    words = [draw.choices(sorted(WORDS), k=draw.randint(1, 3)) for _ in range(80)]
    pairs = [(" ".join(row), " ".join(WORDS[word] for word in row)) for row in words]
    write_rows(tmp_path / "translation.csv", [("source", "target"), *pairs])
    texts = [(f"The {' and the '.join(row)} phone.", "x") for row in words]
    write_rows(tmp_path / "generation.csv", [("text", "label"), *texts])
    labels = [(f"the {word} film {'very ' * n}", kind) for n in range(9) for word, kind in
              (("good", "positive"), ("bad", "negative"))]  # fmt: skip
    write_rows(tmp_path / "sentiment.csv", [("text", "label"), *labels])
    return make


def files_of(folder: Path) -> dict[str, bytes]:
    """All that decides how the backbone in a folder answers."""
    return {
        path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".json", ".safetensors")
    }


# ----------------------------------------------------------------- finetune


def test_a_decoder_learns_a_new_language_and_heads_of_labels_do_not_notice(place: Make) -> None:
    here = place()
    here.train("sentiment", "head")
    report = here.train(
        "translation", "out", method="finetune", options={"to": "es"}, epochs=6, rate=3e-3, max_tokens=32
    )
    out = here.folder / "out"
    assert (report.n_train + report.n_validation, report.labels) == (80, ())
    ((_, losses),) = read_log(out).losses.items()
    assert report.scores["nats-per-token"] < losses[0][1] - 1
    assert set(report.scores) == {"nats-per-token", "bits-per-byte"}
    start, trained = load_tiny(BackboneContext()), load_tiny(BackboneContext(folder=out))
    assert trained.digest == start.digest
    assert (out / ENCODER).read_bytes() == (START / ENCODER).read_bytes()
    assert trained.instructions == (
        Instruction("generation", "en"), Instruction("summarization", "en"), Instruction("translation", "es")
    )  # fmt: skip
    rows = [{"text": "the good film"}, {"text": "the bad film"}]
    assert here.answers("sentiment", out, rows, head=f"{here.folder / 'head'}/") == ["positive", "negative"]
    assert len(here.answers("translation", out, [{"source": "broken"}], to="es", max_new_tokens=8)) == 1
    recipe = read_recipe(out / "recipe.toml")
    assert (recipe.trains, recipe.warm, recipe.head_rate, recipe.epochs) == ("decoder", True, 3e-3, 6)
    folder = here.folder.name
    assert recipe.tasks == (
        RecipeTask(task="translation", head="translation", data=(f"{folder}/translation.csv",), language="es"),
    )


def test_a_backbone_without_a_decoder_gets_one_and_then_writes(place: Make) -> None:
    here = place(decoder=False)
    told: list[str] = []
    with pytest.raises(UsageError, match="no backbone provides what the head 'decoder' needs"):
        here.answers("translation", "", [])
    here.train("translation", "out", method="finetune", tokens=600, tell=told.append)
    assert "the backbone 'tiny' has no decoder to go on from: a new one is made" in told
    assert not read_recipe(here.folder / "out" / "recipe.toml").warm
    assert load_tiny(BackboneContext(folder=here.folder / "out")).instructions == (Instruction("translation", "de"),)
    assert len(here.answers("translation", here.folder / "out", [{"source": "good"}], max_new_tokens=3)) == 1


def test_a_continuation_is_learnt_with_the_space_before_it(place: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = place()
    seen: list[str] = []

    def look(job: RecipeJob) -> RecipeReport:
        seen.extend(example.gold or "" for example in job.tasks[0].examples)
        return RecipeReport(tokens=0, steps=0, seconds=0.0, scores={})

    monkeypatch.setattr(f"{__name__}.train_tiny", look)
    rows = [("prompt", "continuation"), *((f"The film {n}", " was good. ") for n in range(12))]
    write_rows(here.folder / "generation.csv", rows)
    here.train("generation", "out", method="finetune")
    assert set(seen) == {" was good. "}


def test_a_pretrained_decoder_is_fine_tuned(place: Make) -> None:
    here = place()
    here.train("generation", "first", **RAW)
    # At the rate 0 nothing is learnt, so that the weights tell where they are from.
    still = {"method": "finetune", "tokens": 100, "rate": 0.0}
    here.train("translation", "next", backbone=str(here.folder / "first"), **still)
    here.train("translation", "other", **still)
    first, after, other = (files_of(here.folder / name)[DECODER_FILE] for name in ("first", "next", "other"))
    assert after == first != other
    card = (here.folder / "next" / MODEL_CARD).read_text(encoding="utf-8")
    assert f"trained before: SHA-256 of its card `{sha256_of(here.folder / 'first' / MODEL_CARD)}`" in card
    assert "trained before" not in (here.folder / "other" / MODEL_CARD).read_text(encoding="utf-8")


# ----------------------------------------------------------------- pretrain

RAW = {"method": "pretrain", "source": TableSource(gold="text"), "tokens": 1500, "max_tokens": 48}


@pytest.mark.parametrize("objective", ["", "denoise"])
def test_raw_text_is_learnt(place: Make, objective: str) -> None:
    here = place()
    report = here.train("generation", "out", objective=objective, **{**RAW, "rate": 3e-3})
    assert report.settings["objective"] == (objective or "causal")
    part = read_recipe(here.folder / "out" / "recipe.toml").tasks[0]
    assert (part.objective, part.gold, part.language) == (objective or "causal", "text", "en")
    assert report.n_validation >= 80 // 10
    assert report.n_train + report.n_validation == 80
    trained = load_tiny(BackboneContext(folder=here.folder / "out"))
    assert trained.instructions == load_tiny(BackboneContext()).instructions


def test_an_interrupted_training_goes_on_and_a_finished_one_is_replaced_by_force(
    place: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = place()
    here.train("generation", "whole", **RAW)
    step, left = Loop._step, iter(range(3))

    def breaking(self: Loop[Any, Any]) -> int:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return step(self)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Loop, "_step", breaking)
        here.train("generation", "broken", **RAW)
    told: list[str] = []
    here.train("generation", "broken", tell=told.append, **RAW)
    assert any(line.startswith("going on at ") for line in told)
    whole, broken = here.folder / "whole", here.folder / "broken"
    assert files_of(broken) == files_of(whole)
    with pytest.raises(UsageError, match="whole holds a trained backbone already"):
        here.train("generation", "whole", **RAW)
    (whole / "notes.txt").write_text("mine")
    here.train("generation", "whole", force=True, **{**RAW, "seed": 1})
    assert files_of(broken) != files_of(whole)
    assert (whole / "notes.txt").read_text() == "mine"
    assert (whole / MODEL_CARD).exists()


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("task", "given", "said"),
    [
        ("translation", {}, "'decoder' has no weights of its own: the backbone's decoder writes its answers"),
        ("translation", {"method": "pretrain"}, "the task 'translation' needs a column 'source' beside it"),
        ("translation", {"method": "finetune", "language": "fr"}, "'decoder' says its language by --to"),
        ("translation", {"method": "finetune", "objective": "causal"}, "--objective says what a decoder learns of raw"),
        ("generation", {"method": "pretrain", "objective": "casual"}, "no objective 'casual'; did you mean 'causal'"),
        ("generation", {"method": "finetune", "tokens": 9, "rate": 1.0, "data": ()}, "there is nothing to train on"),
        ("sentiment", {"language": "fr"}, "--language says what a decoder writes, and the head 'binary' uses none"),
        ("sentiment", {"method": "pretrain"}, "trains the backbone's decoder, and the head 'binary' uses none"),
        ("summarization", {"method": "pretrain"}, "trains the backbone's decoder, and the head 'extractive' uses none"),
    ],
)
def test_what_does_not_go_together_is_said(place: Make, task: str, given: dict[str, Any], said: str) -> None:
    here = place()
    with pytest.raises(UsageError, match=said):
        here.train(task, "out", **given)
    assert not (here.folder / "out").exists()


def test_a_new_decoder_does_not_begin_with_denoising(place: Make) -> None:
    with pytest.raises(UsageError, match="'tiny' has no decoder, and a new one that learns only to denoise"):
        place(decoder=False).train("generation", "out", objective="denoise", **RAW)


def test_training_does_not_replace_the_weights_that_it_goes_on_from(place: Make) -> None:
    here = place()
    here.train("generation", "out", **{**RAW, "tokens": 100})
    before = files_of(here.folder / "out")
    with pytest.raises(UsageError, match="out holds the backbone that training goes on from"):
        here.train("translation", "out", method="finetune", backbone=str(here.folder / "out"), force=True)
    assert files_of(here.folder / "out") == before


def test_training_needs_a_row(place: Make) -> None:
    here = place()
    write_rows(here.folder / "generation.csv", [("text", "label"), ("", "x")])
    with pytest.raises(DataError, match="no row has a text to train on"):
        here.train("generation", "empty", **RAW)
