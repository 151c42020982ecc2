"""Training by a recipe, on a tiny encoder: it learns, can be stopped and repeated, and leaves a folder that works."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.encoder import TransformerEncoder
from nlptasks.models.spans import answers_of
from nlptasks.plugin.predictions import Label, Span, Text
from nlptasks.plugin.protocols import Example
from nlptasks.testing import write_tiny_checkpoint
from nlptasks.training.recipes import DataFile, JobTask, Recipe, RecipeJob, RecipeTask
from nlptasks_bundled.training import trainer
from nlptasks_tasks import classification, qa, sentiment

FILLERS = ("phone", "film", "the", "a", "is", "very", "works")
FEELINGS = RecipeTask(
    task="sentiment",
    head="type",
    data=("toy/a.csv",),
    validation=("toy/v.csv",),
    zero_shot=True,
    licence="CC0",
    source="made up",
)
MORE_FEELINGS = RecipeTask(task="sentiment", head="type", data=("toy/b.csv",), weight=0.5)
SPANS = RecipeTask(task="qa", head="spans", data=("spans/a.csv",), validation=("spans/v.csv",))
RECIPE = Recipe(
    backbone="tiny",
    tasks=(FEELINGS, MORE_FEELINGS, SPANS),
    seed=5,
    tokens=12_000,
    batch_tokens=256,
    max_tokens=48,
    encoder_rate=2e-3,
    head_rate=1e-2,
    evaluate_every=5_000,
    checkpoint_every=2_000,
    log_every=1_000,
    keep_embedding=0.1,
)


def labelled(count: int, seed: int) -> list[Example]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        word, label = draw.choice([("good", "positive"), ("bad", "negative")])
        words = [*draw.choices(FILLERS, k=draw.randint(1, 12)), word]
        draw.shuffle(words)
        rows.append(Example({"text": " ".join(words)}, label))
    return rows


def asked(count: int, seed: int) -> list[Example]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        word = draw.choice(["great", "broken"])
        before, after = (" ".join(draw.choices(FILLERS, k=draw.randint(1, 40))) for _ in range(2))
        rows.append(Example({"question": "is it", "context": f"{before} {word} {after}"}, json.dumps([word])))
    return rows


def share_right(answers: Sequence[str], golds: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    return {"right": float(np.mean([answer in answers_of(gold) for answer, gold in zip(answers, golds, strict=True)]))}


def part(recipe: RecipeTask, number: int) -> JobTask:
    spans = recipe.task == "qa"
    make = asked if spans else labelled
    return JobTask(
        recipe=recipe,
        spec=qa.SPEC if spans else sentiment.SPEC,
        prediction=Span if spans else Label,
        examples=iter(make(150, number)),
        validation=iter(make(40, 100 + number) if recipe.validation else []),
        files=tuple(DataFile(name=name, sha256=f"{number:064}") for name in (*recipe.data, *recipe.validation)),
        score=share_right,
    )


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("start"))


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., RecipeJob]:
    def make(name: str = "out", recipe: Recipe = RECIPE) -> RecipeJob:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        tasks = tuple(part(item, number) for number, item in enumerate(recipe.tasks))
        return RecipeJob(recipe=recipe, source="# toy\n", tasks=tasks, output=folder, device="cpu", progress=str)

    return make


def weights(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "model.safetensors").read_bytes(), (folder / "heads.safetensors").read_bytes()


def log(folder: Path, kind: str) -> list[dict]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]


def stop_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the training off, as a power cut would, in the middle of a step."""
    step, left = trainer.EncoderTraining._step, iter(range(steps))

    def breaking(self: trainer.EncoderTraining) -> int:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return step(self)

    monkeypatch.setattr(trainer.EncoderTraining, "_step", breaking)


# ----------------------------------------------------------------- the whole


def test_it_learns_and_leaves_an_encoder_a_log_and_a_card(job, start):
    done = job(recipe=replace(RECIPE, tokens=45_000, evaluate_every=30_000))
    state = torch.get_rng_state()
    report = trainer.train_from(start, done)
    assert torch.equal(torch.get_rng_state(), state)
    losses = [line["loss"] for line in log(done.output, "loss")]
    assert losses[-1]["sentiment/toy"] < 0.3 < losses[0]["sentiment/toy"]
    assert losses[-1]["qa/spans"] < losses[0]["qa/spans"] / 2
    assert {"drift", "sentiment/toy", "sentiment/toy#2", "qa/spans"} == {name for line in losses for name in line}
    assert report.scores["sentiment/toy/right"] > 0.9
    assert report.scores["qa/spans/right"] > 0.7
    assert report.tokens >= 45_000
    assert {line["tokens"] for line in log(done.output, "scores")} >= {report.tokens}
    names = {path.name for path in done.output.iterdir()}
    tokenizer = {"config.json", "tokenizer.json", "tokenizer_config.json"}
    assert names == tokenizer | {
        "model.safetensors", "heads.safetensors", "recipe.toml", "log.jsonl", "MODEL_CARD.md"
    }  # fmt: skip
    encoder = TransformerEncoder(done.output, name="trained", device="cpu")
    assert encoder.encode(encoder.tokenize(["good film"])[0]).states.shape == (1, 4, 32)
    with safe_open(done.output / "heads.safetensors", framework="numpy") as file:
        about = json.loads(file.metadata()["nlptasks-outputs/1"])
        assert file.get_tensor("type.weight").shape == (2, 32)
    assert about["type"] == {"labels": ["negative", "positive"], "prediction": "Label"}
    card = (done.output / "MODEL_CARD.md").read_text()
    assert f"{report.tokens:,} padded tokens in {report.steps:,} steps" in card
    assert f"| sentiment/toy#2 | toy/b.csv | {1:064} |" in card
    passes = report.pieces["sentiment/toy"] / 150
    assert passes > 2
    assert f"| sentiment/toy | type | 1 | 150 | 150 | {passes:.2f} | 40 | CC0 | made up |" in card
    assert "| sentiment/toy#2 | type | 0.5 | 150 | 150 |" in card
    assert "| taken | after the last step |" in card
    assert report.scores["embedding/cosine"] < 1
    assert "sentiment/toy/zero-shot" in report.scores
    assert (done.output / "recipe.toml").read_text() == "# toy\n"
    with pytest.raises(UsageError, match="holds a trained encoder already"):
        trainer.train_from(start, done)


def test_one_seed_gives_one_result_and_another_seed_another(job, start):
    short = replace(RECIPE, tokens=4_000)
    folders = [job("a", short), job("b", short), job("c", replace(short, seed=6))]
    for each in folders:
        trainer.train_from(start, each)
    first, same, other = (weights(each.output) for each in folders)
    assert first == same
    assert first != other


def test_interrupted_training_ends_with_the_same_bytes(job, start, monkeypatch):
    whole = job("whole")
    report = trainer.train_from(start, whole)
    for steps in (5, 20, 15):  # before the first checkpoint, behind it, and once more
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            stop_after(steps, patch)
            trainer.train_from(start, job("broken"))
    assert (job("broken").output / "checkpoint.pt").exists()
    again = trainer.train_from(start, job("broken"))
    assert weights(job("broken").output) == weights(whole.output)
    assert (again.tokens, again.steps, again.scores) == (report.tokens, report.steps, report.scores)
    assert not (job("broken").output / "checkpoint.pt").exists()
    both = [log(each.output, "loss") for each in (whole, job("broken"))]
    assert [line["tokens"] for line in both[0]] == [line["tokens"] for line in both[1]]


def test_another_recipe_or_other_data_do_not_go_on(job, start, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(25, patch)
        trainer.train_from(start, job())
    with pytest.raises(UsageError, match=r"differs in: head_rate \(head_rate was 0.01, and is 0.5\)"):
        trainer.train_from(start, job(recipe=replace(RECIPE, head_rate=0.5)))
    heavier = replace(RECIPE, tasks=(FEELINGS, replace(MORE_FEELINGS, weight=3.0), SPANS))
    with pytest.raises(UsageError, match=r"differs in: task\[2\]\.weight"):
        trainer.train_from(start, job(recipe=heavier))
    changed = job()
    tasks = (replace(changed.tasks[0], files=(DataFile(name="toy/a.csv", sha256="f"),)), *changed.tasks[1:])
    with pytest.raises(UsageError, match=r"differs in: sha256 of toy/a\.csv"):
        trainer.train_from(start, replace(changed, tasks=tasks))
    with pytest.raises(UsageError, match="digest of the starting encoder"):
        trainer.train_from(write_tiny_checkpoint(changed.output.parent / "other", seed=9), job())
    (changed.output / "checkpoint.pt").write_bytes(b"damaged")
    with pytest.raises(NlptasksError, match="no checkpoint can be read here"):
        trainer.train_from(start, job())


def test_patience_ends_a_training_that_learns_nothing(job, start):
    still = replace(RECIPE, encoder_rate=0.0, head_rate=0.0, evaluate_every=1_000, patience=2, keep_embedding=0.0)
    report = trainer.train_from(start, job(recipe=still))
    assert 3_000 <= report.tokens < 4_000
    assert 1_000 <= report.kept_at < 2_000
    assert report.scores["embedding/cosine"] == pytest.approx(1.0)


def test_the_best_weights_are_kept_also_over_an_interruption(job, start, monkeypatch):
    means = iter([0.2, 0.6, 0.5, 0.4] * 3)
    recipe = replace(RECIPE, evaluate_every=2_000, patience=9, tokens=8_000)
    monkeypatch.setattr(trainer, "mean_primary", lambda scores: next(means))
    whole, early = job("whole", recipe), job("early", replace(recipe, patience=0))
    report = trainer.train_from(start, whole)
    assert 4_000 <= report.kept_at < 5_000
    (kept,) = log(whole.output, "kept")
    assert (kept["at"], kept["mean"]) == (report.kept_at, 0.6)
    scores = {line["tokens"]: line["scores"] for line in log(whole.output, "scores")}
    assert {name: round(value, 4) for name, value in report.scores.items()} == scores[report.kept_at]
    assert f"after {report.kept_at:,} tokens, the best evaluation" in (whole.output / "MODEL_CARD.md").read_text()
    trainer.train_from(start, early)
    assert weights(early.output) != weights(whole.output)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(28, patch)
        trainer.train_from(start, job("broken", recipe))
    means = iter([0.5, 0.4])
    assert trainer.train_from(start, job("broken", recipe)).kept_at == report.kept_at
    assert weights(job("broken").output) == weights(whole.output)


def test_texts_that_are_to_be_kept_keep_their_hidden_states(job, start):
    """Beside a task that pulls all states away, and without one of its labels being learnt."""
    questions = replace(SPANS, objective="keep", weight=2.0)
    texts = [example.inputs["context"] for example in asked(20, 9)]
    distances, logged = {}, {}
    for name, weight in {"kept": 50.0, "left": 0.0}.items():
        done = job(name, replace(RECIPE, tasks=(FEELINGS, questions), keep_embedding=0.0, keep_weight=weight))
        trainer.train_from(start, done)
        logged[name] = log(done.output, "loss")[-1]["loss"]
        first, last = (TransformerEncoder(folder, name="tiny", device="cpu") for folder in (start, done.output))
        windows = [row[0] for row in first.tokenize(texts)]
        before, after = (encoder.encode(windows) for encoder in (first, last))
        difference = np.linalg.norm((after.states - before.states)[before.mask], axis=-1)
        distances[name] = float((difference / np.linalg.norm(before.states[before.mask], axis=-1)).mean())
    assert distances["kept"] < 0.75 * distances["left"]
    assert logged["kept"]["qa/spans"] < logged["left"]["qa/spans"]
    with safe_open(done.output / "heads.safetensors", framework="pt") as layers:
        assert not any(name.startswith("spans") for name in layers.keys())  # noqa: SIM118
    assert "| qa/spans | none: keep | 2 |" in (done.output / "MODEL_CARD.md").read_text()


def test_every_objective_is_learnt_at_once_and_goes_on_after_an_interruption(start, tmp_path, monkeypatch):
    """Tags, texts near their translations and near their labels, embeddings that are kept, and a part that is late."""
    given = ("a/t.csv",), ("a/v.csv",)
    tags = RecipeTask(task="classification", head="tags", data=given[0], validation=given[1], objective="entities")
    near = RecipeTask(task="translation", head="pairs", data=("p/t.csv",), validation=("p/v.csv",), objective="align")
    names = replace(FEELINGS, head="named", data=("n/t.csv",), validation=("n/v.csv",), objective="name")
    stay = RecipeTask(task="generation", head="kept", data=("k/t.csv",), objective="embed")
    late = replace(MORE_FEELINGS, objective="later", data=("late/t.csv",))
    recipe = replace(RECIPE, tasks=(FEELINGS, tags, near, names, stay, late), keep_embedding=0.0, tokens=16_000)

    def rows(item: RecipeTask, count: int, seed: int) -> list[Example]:
        plain = labelled(count, seed)
        if item is tags:
            words = [row.inputs["text"].split() for row in plain]
            marks = [["B-F" if word in ("good", "bad") else "O" for word in row] for row in words]
            return [Example({"text": json.dumps(a)}, json.dumps(b)) for a, b in zip(words, marks, strict=True)]
        if item is near:
            return [Example({"source": row.inputs["text"]}, row.inputs["text"][::-1]) for row in plain]
        return [Example({"prompt": row.inputs["text"]}, row.inputs["text"]) for row in plain] if item is stay else plain

    def make(name: str) -> RecipeJob:
        (tmp_path / name).mkdir(exist_ok=True)
        tasks = tuple(
            JobTask(
                recipe=item,
                spec=sentiment.SPEC,
                prediction=Text if item in (near, stay) else Label,
                examples=rows(item, 150, number),
                validation=rows(item, 30, 100 + number) if item.validation else [],
                files=(),
                score=share_right,
            )
            for number, item in enumerate(recipe.tasks)
        )
        return RecipeJob(recipe=recipe, source="#\n", tasks=tasks, output=tmp_path / name, device="cpu", progress=str)

    whole = make("whole")
    report = trainer.train_from(start, whole)
    assert report.scores["sentiment/a/entity-f1"] > 0.9
    assert report.scores["sentiment/p/nearest"] > 0.15  # by chance 0.03
    assert report.scores["sentiment/n/zero-shot"] > 0.8
    seen = [line["tokens"] for line in log(whole.output, "loss") if "sentiment/late" in line["loss"]]
    assert seen
    assert min(seen) > 0.65 * recipe.tokens
    with safe_open(whole.output / "heads.safetensors", framework="pt") as layers:
        assert {name.partition(".")[0] for name in layers.keys()} == {"type", "tags"}  # noqa: SIM118
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(40, patch)
        trainer.train_from(start, make("broken"))
    trainer.train_from(start, make("broken"))
    assert weights(whole.output) == weights(tmp_path / "broken")


def test_a_vocabulary_of_many_languages_stays_as_it_is(job, start, monkeypatch):
    monkeypatch.setattr("nlptasks_bundled.training.model.MANY_WORDS", 10)
    done = job(recipe=replace(RECIPE, tasks=(FEELINGS,), tokens=2_000))
    trainer.train_from(start, done)
    name = "embeddings.word_embeddings.weight"
    first, last = ((safe_open(folder / "model.safetensors", framework="pt")) for folder in (start, done.output))
    assert torch.equal(first.get_tensor(name).half(), last.get_tensor(name))
    other = "encoder.layer.0.output.dense.weight"
    assert not torch.equal(first.get_tensor(other).half(), last.get_tensor(other))


def test_patience_needs_held_out_rows(job, start):
    alone = replace(RECIPE, tasks=(replace(FEELINGS, validation=()),), patience=1)
    with pytest.raises(UsageError, match="patience waits for better scores, and no task has held-out rows"):
        trainer.train_from(start, job(recipe=alone))


def test_epochs_are_passes_over_all_pieces(job, start):
    twice = replace(RECIPE, epochs=2.0, tokens=1, evaluate_every=10**9, log_every=10**9, tasks=(FEELINGS,))
    done = job(recipe=twice)
    report = trainer.train_from(start, done)
    assert report.pieces == {"sentiment/toy": 300}
    assert len(log(done.output, "scores")) == 2
    assert len(log(done.output, "loss")) >= 10
    assert report.tokens > 1


def test_a_description_and_keys_that_are_new_do_not_stop_a_training_from_going_on(job, start, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(25, patch)
        trainer.train_from(start, job())
    path = job().output / "checkpoint.pt"
    state = torch.load(path, weights_only=True)
    old = {key: value for key, value in state["identity"].items() if key not in ("epochs", "task[1].objective")}
    assert len(old) == len(state["identity"]) - 2
    torch.save({**state, "identity": old}, path)
    described = replace(FEELINGS, licence="MIT", source="elsewhere", zero_shot=False)
    other = replace(RECIPE, tasks=(described, MORE_FEELINGS, SPANS))
    trainer.train_from(start, job(recipe=other))
    trainer.train_from(start, job("whole"))
    assert weights(job().output) == weights(job("whole").output)


def test_what_cannot_be_trained_is_refused(job, start):
    mixed = job(recipe=replace(RECIPE, tasks=(FEELINGS, replace(SPANS, head="type"))))
    with pytest.raises(UsageError, match="the output layer 'type' cannot learn both"):
        trainer.train_from(start, mixed)
    fine = job()
    written = replace(fine.tasks[0], prediction=Text, spec=classification.SPEC)
    with pytest.raises(UsageError, match="learns labels and spans; the task 'classification' answers with Text"):
        trainer.train_from(start, replace(fine, tasks=(written,)))
    one = replace(fine.tasks[0], examples=[Example({"text": "good"}, "positive")])
    with pytest.raises(NlptasksError, match="needs two labels or more"):
        trainer.train_from(start, replace(fine, tasks=(one,)))
    elsewhere = replace(fine.tasks[0], prediction=Span)
    with pytest.raises(UsageError, match="spans of a context behind a question; the task 'sentiment' has text"):
        trainer.train_from(start, replace(fine, tasks=(elsewhere,)))
    named = job(recipe=replace(RECIPE, tasks=(FEELINGS, replace(SPANS, zero_shot=True))))
    with pytest.raises(UsageError, match="zero_shot names labels, and the task 'qa' has none"):
        trainer.train_from(start, named)
    aimless = job(recipe=replace(RECIPE, tasks=(FEELINGS, replace(SPANS, objective="causal"))))
    with pytest.raises(UsageError, match=r"task\[2\]\.objective 'causal' is not one of an encoder's"):
        trainer.train_from(start, aimless)
    idle = job(recipe=replace(RECIPE, tasks=(replace(FEELINGS, objective="keep"),)))
    with pytest.raises(UsageError, match="none is learnt"):
        trainer.train_from(start, idle)
    lost = replace(fine.tasks[2], examples=[Example({"question": "is it", "context": "a film"}, "phone")])
    with pytest.raises(NlptasksError, match=r"qa/spans: no row of spans/a\.csv can be trained on"):
        trainer.train_from(start, replace(fine, tasks=(lost,)))


# ----------------------------------------------------------------- its parts
