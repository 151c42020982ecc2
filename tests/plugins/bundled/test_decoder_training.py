"""Training a decoder by a recipe, on a tiny encoder: it learns to write, can be stopped and repeated, and opens."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from nlptasks.errors import UsageError
from nlptasks.models.checkpoints import DECODER, ENCODER
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.decoder_vocabulary import DecoderText
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks.plugin.predictions import Text
from nlptasks.plugin.protocols import Example
from nlptasks.testing import write_tiny_checkpoint, write_tiny_seq2seq_checkpoint
from nlptasks.training.recipes import DataFile, JobTask, Recipe, RecipeJob, RecipeTask
from nlptasks_bundled.dialogue import cast_of
from nlptasks_bundled.seq2seq import BundledSeq2Seq
from nlptasks_bundled.settings import BundledSettings
from nlptasks_bundled.training.decoder import trainer
from nlptasks_bundled.training.decoder.model import _as_piece, _as_wordpiece
from nlptasks_bundled.training.decoder.pairs import _WORD, Pairing, _corrupted
from nlptasks_bundled.training.decoder.states import States
from nlptasks_bundled.training.loop import Loop
from nlptasks_tasks import generation, translation

WORDS = {"good": "Gut", "bad": "Schlecht", "great": "Toll", "broken": "Kaputt"}
TO_GERMAN = RecipeTask(task="translation", head="decoder", data=("t/a.csv",), validation=("t/v.csv",), language="de")
CAUSAL = RecipeTask(task="generation", head="decoder", data=("g/a.csv",), language="en", objective="causal")
DENOISE = RecipeTask(task="generation", head="decoder", data=("g/a.csv",), language="en", objective="denoise")
RECIPE = Recipe(
    backbone="tiny",
    tasks=(TO_GERMAN, CAUSAL, DENOISE),
    trains="decoder",
    layers=2,
    vocabulary=320,
    positions=48,
    dropout=0.0,
    tokens=20_000,
    batch_tokens=400,
    max_tokens=32,
    head_rate=3e-3,
    evaluate_every=9_000,
    checkpoint_every=3_000,
    log_every=3_000,
)


def pairs(count: int, seed: int) -> list[Example]:
    draw = random.Random(seed)
    words = [draw.choices(sorted(WORDS), k=draw.randint(1, 3)) for _ in range(count)]
    return [Example({"source": " ".join(row)}, " ".join(WORDS[word] for word in row)) for row in words]


def texts(count: int, seed: int) -> list[Example]:
    return [Example({"prompt": ""}, f"The {example.inputs['source']} phone. Works.") for example in pairs(count, seed)]


def part(recipe: RecipeTask, number: int) -> JobTask:
    make = pairs if recipe.task == "translation" else texts
    return JobTask(
        recipe=recipe,
        spec=translation.SPEC if recipe.task == "translation" else generation.SPEC,
        prediction=Text,
        examples=iter(make(200, number)),
        validation=iter(make(30, 100 + number) if recipe.validation else []),
        files=tuple(DataFile(name=name, sha256=f"{number:064}") for name in (*recipe.data, *recipe.validation)),
        score=lambda answers, golds, labels: {},
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


def bytes_of(folder: Path) -> dict[str, bytes]:
    names = ("config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    return {name: (folder / name).read_bytes() for name in (*names, "decoder/tokenizer.json")}


def test_it_learns_to_translate_and_opens_as_a_generator_over_the_same_encoder(job, start):
    done = job(recipe=replace(RECIPE, tokens=150_000, tasks=(TO_GERMAN,), evaluate_every=150_000))
    report = trainer.train_from(start, done)
    assert report.scores["translation/t/nats-per-token"] < 0.2
    assert report.scores["translation/t/bits-per-byte"] > 0
    backbone = TransformerSeq2Seq(done.output, name="trained", device="cpu")
    assert backbone.instructions == (Instruction("translation", "de"),)
    windows = [row[0] for row in backbone.tokenize(["bad great", "broken"])]
    written = backbone.generate(backbone.encode(windows), Instruction("translation", "de"), Decoding())
    assert [row[0].text for row in written] == ["Schlecht Toll", "Kaputt"]
    plain = TransformerSeq2Seq(start, name="start", device="cpu")
    assert np.abs(plain.encode(windows).states - backbone.encode(windows).states).max() < 0.02  # halves on disk
    card = (done.output / "MODEL_CARD.md").read_text()
    assert "translation, de" in card
    assert f"{0:064}" in card


@pytest.mark.parametrize("keep", [False, True])
def test_an_interrupted_training_ends_with_the_bytes_of_one_that_was_not(job, start, monkeypatch, keep):
    recipe = replace(RECIPE, tasks=(replace(TO_GERMAN, keep_states=keep), CAUSAL, DENOISE))
    whole = job("whole", recipe)
    trainer.train_from(start, whole)
    step, left = Loop._step, iter(range(30))

    def breaking(self: Loop) -> int:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return step(self)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Loop, "_step", breaking)
        trainer.train_from(start, job("broken", recipe))
    broken = job("broken", recipe)
    assert not (broken.output / "MODEL_CARD.md").exists()
    trainer.train_from(start, broken)
    assert bytes_of(broken.output) == bytes_of(whole.output)
    assert not (broken.output / "checkpoint.pt").exists()


def test_a_warm_start_goes_on_from_the_decoder_that_is_there(job, start):
    first = job("first", replace(RECIPE, tokens=60_000, tasks=(TO_GERMAN,)))
    before = trainer.train_from(start, first).scores["translation/t/nats-per-token"]
    more = replace(RECIPE, tokens=2_000, tasks=(TO_GERMAN,), warm=True, head_rate=1e-4)
    after = trainer.train_from(first.output, job("more", more)).scores["translation/t/nats-per-token"]
    assert after < before + 0.05
    with pytest.raises(UsageError, match="has no decoder to go on from"):
        trainer.train_from(start, job("cold", more))


def test_epochs_are_passes_over_the_pairs(job, start):
    report = trainer.train_from(start, job(recipe=replace(RECIPE, tasks=(TO_GERMAN,), epochs=2.0)))
    assert report.pieces["translation/t"] == pytest.approx(2 * 200, rel=0.05)


def test_a_warm_decoder_is_told_of_a_language_and_keeps_its_other_tasks(job, tmp_path):
    start = write_tiny_seq2seq_checkpoint(tmp_path / "both")
    before = TransformerSeq2Seq(start, name="start", device="cpu")
    to_spanish = replace(TO_GERMAN, language="es")
    recipe = replace(RECIPE, tasks=(to_spanish,), warm=True, tokens=400, head_rate=0.0)
    done = job(recipe=recipe)
    trainer.train_from(start, done)
    after = TransformerSeq2Seq(done.output, name="after", device="cpu")
    known = {("generation", "en"), ("summarization", "en"), ("translation", "es")}
    assert {(item.task, item.language) for item in after.instructions} == known
    assert (after.digest, after.text.size) == (before.digest, before.text.size + 1)
    assert (done.output / ENCODER).read_bytes() == (start / ENCODER).read_bytes()
    old, new = (each.decoder.get_input_embeddings().weight for each in (before, after))
    assert torch.equal(new[:-1], old)  # nothing was learnt at the rate 0
    languages = [before.text.tokenizer.token_to_id(f"<to:{code}>") for code in ("de", "en", "fr")]
    assert torch.allclose(new[-1], old[languages].mean(dim=0), atol=1e-3)  # halves on disk
    windows = [row[0] for row in before.tokenize(["the phone"])]
    same = [
        each.generate(each.encode(windows), Instruction("generation", "en"), Decoding()) for each in (before, after)
    ]
    assert same[0][0][0].text == same[1][0][0].text


def test_a_warm_decoder_keeps_its_placeholders_and_is_trained_with_them(job, tmp_path):
    own = BundledSettings(placeholders=("good", "bad")).as_own()
    start = write_tiny_seq2seq_checkpoint(tmp_path / "named", settings=DecoderSettings(own=own))
    for warm, kept in ((True, ("good", "bad")), (False, ())):
        done = job(f"{warm}", replace(RECIPE, tasks=(TO_GERMAN,), tokens=400, warm=warm))
        trainer.train_from(start, done)
        assert BundledSeq2Seq(done.output, name="trained", device="cpu").own.placeholders == kept


def test_a_warm_decoder_drops_what_the_recipe_says(job, start):
    first = job("first", replace(RECIPE, tokens=400, tasks=(TO_GERMAN,)))
    trainer.train_from(start, first)
    more = job("more", replace(RECIPE, tokens=400, tasks=(TO_GERMAN,), warm=True, dropout=0.2))
    trainer.train_from(first.output, more)
    decoder = TransformerSeq2Seq(more.output, name="trained", device="cpu").decoder
    assert {module.p for module in decoder.modules() if isinstance(module, torch.nn.Dropout)} == {0.2}


@pytest.mark.parametrize(("task", "same"), [(TO_GERMAN, False), (CAUSAL, True)], ids=["pairs", "causal"])
def test_nothing_is_dropped_of_running_text(job, start, task, same):
    left = []
    for dropout in (0.0, 0.5):
        done = job(f"{dropout}", replace(RECIPE, tokens=400, tasks=(task,), dropout=dropout))
        trainer.train_from(start, done)
        left.append((done.output / DECODER).read_bytes())
    assert (left[0] == left[1]) is same


@pytest.mark.parametrize(
    ("change", "message"),
    [({"language": ""}, r"task\[1\]\.language is missing"), ({"objective": "casual"}, "'casual' is not known")],
)
def test_what_a_part_lacks_is_said(job, start, change, message):
    with pytest.raises(UsageError, match=message):
        trainer.train_from(start, job(recipe=replace(RECIPE, tasks=(replace(TO_GERMAN, **change),))))


def test_kept_states_are_those_of_the_encoder_and_each_source_is_encoded_once(start, pairing):
    encoder = TransformerSeq2Seq(start, name="tiny", device="cpu").model.eval()
    one = replace(pairing, objective="")
    found = list(one.pairs([Example({"source": text}, "good") for text in ("good", "the bad phone", "good", "works")]))
    seen: list[int] = []
    encoder.register_forward_pre_hook(lambda _, __, inputs: seen.extend(inputs["input_ids"][:, 0]), with_kwargs=True)
    states = States(encoder, 0, torch.device("cpu"), found)
    kept = [states.of(found[:2]), states.of(found), states.of(found[3:])]
    assert len(seen) == 3  # two sources are equal
    for tensor, rows in zip(kept, (found[:2], found, found[3:]), strict=True):
        for state, pair in zip(tensor, rows, strict=True):
            alone = encoder(input_ids=torch.tensor(pair.source[None])).last_hidden_state[0]
            assert torch.allclose(state[: len(alone)], alone, atol=2e-3)  # halves
            assert not state[len(alone) :].any()
    other = next(iter(one.pairs([Example({"source": "broken"}, "bad")])))
    assert states.of([found[0], other]) is None


# ------------------------------------------------------------------- pieces


@pytest.fixture(scope="module")
def pairing(start, tmp_path_factory) -> Pairing:
    from nlptasks_bundled.training.decoder.vocabulary import learn_vocabulary

    instruction = Instruction("generation", "en")
    text = DecoderText(learn_vocabulary(["the good phone works and the bad one is broken"], 300, [instruction]))
    encoder = TransformerSeq2Seq(start, name="tiny", device="cpu")
    return Pairing(
        encoder=encoder,
        text=text,
        instruction=instruction,
        objective="causal",
        max_source=16,
        max_target=24,
        seed=(3,),
    )


def test_pieces_of_a_causal_text_join_to_the_text_and_only_the_last_one_ends(pairing):
    text = "the good phone works — and the bad one is broken, 好的 👍 " * 4
    found = list(pairing.pairs([Example({}, text)]))
    written = pairing.text.decode([token for pair in found for token in pair.target.tolist()])
    assert text.endswith(written)
    assert [pair.target[-1] == pairing.text.end for pair in found] == [False] * (len(found) - 1) + [True]
    assert sum(pair.size for pair in found) == len(written.encode())
    assert all(len(pair.source) <= 16 and len(pair.target) <= 24 for pair in found)
    assert len(found[0].source) < len(found[1].source)


@pytest.mark.parametrize(
    "text", ["the good phone works and the bad one is broken", "今天天气很好，我们去公园吧。", "Wörter 和 字"]
)
def test_a_corrupted_copy_has_the_words_of_its_text_or_masks(text):
    seen = set()
    for seed in range(40):
        copy = _corrupted(text, np.random.default_rng(seed), "<unk>")
        seen.add(copy)
        words = [word.strip() for word in _WORD.findall(text)]
        found = [word.strip() for word in _WORD.findall(copy.replace("<unk>", " @ "))]
        assert len(found) == len(words)
        assert set(found) <= {*words, "@"}
        assert max(abs(found.index(word) - words.index(word)) for word in found if words.count(word) == 1) <= 2
    assert len(seen) > 5
    assert any("<unk>" in copy for copy in seen)


def test_copies_are_denoised_first_and_then_no_more(job, start):
    done = job(recipe=replace(RECIPE, tasks=(TO_GERMAN, CAUSAL, replace(DENOISE, data=("d/a.csv",))), log_every=500))
    trainer.train_from(start, done)
    lines = [json.loads(line) for line in (done.output / "log.jsonl").read_text().splitlines()]
    told = {"denoised": "generation/d", "translated": "translation/t", "carried on": "generation/g"}
    at = {key: [line["tokens"] for line in lines if part in line.get("loss", {})] for key, part in told.items()}
    first = trainer.FIRST * RECIPE.tokens
    assert max(at["denoised"]) < first + 1_000
    assert min(at["translated"]) > first
    assert max(at["carried on"]) > 2 * first


def test_words_of_a_sentencepiece_are_those_of_the_decoder():
    assert [spelt(" Haus") for spelt in (_as_piece, _as_wordpiece)] == ["\u2581Haus", "haus"]
    assert [spelt("Haus") for spelt in (_as_piece, _as_wordpiece)] == ["Haus", "##haus"]


def test_a_corrupted_copy_is_masked_and_moved_and_its_target_is_whole(pairing):
    text = "the good phone works and the bad one is broken"
    one = replace(pairing, objective="denoise", max_source=64, max_target=64)
    found = next(iter(one.pairs([Example({}, text)])))
    assert one.text.decode(found.target.tolist()) == text
    whole = one.encoder.tokenize([text])[0][0].ids
    assert found.source.tolist() != list(whole)


def test_placeholders_stand_for_the_speakers_on_both_sides(pairing):
    wording = partial(cast_of, placeholders=("good", "bad"))
    one = replace(pairing, objective="", max_source=64, max_target=64, wording=wording)
    dialogue = Example({"document": "Amanda: the phone works\nJerry: Amanda, the phone is broken"}, "Jerry is bad.")
    (found,) = one.pairs([dialogue])
    hidden = "good: the phone works\nbad: good, the phone is broken"
    assert found.source.tolist() == list(one.encoder.tokenize([hidden])[0][0].ids)
    assert one.text.decode(found.target.tolist()) == "bad is bad."


def test_a_target_that_is_too_long_is_left_out_and_not_cut(pairing):
    one = replace(pairing, objective="")
    examples = [Example({"source": "good"}, "the good phone"), Example({"source": "bad"}, "bad " * 30)]
    assert len(list(one.pairs(examples))) == 1
