"""The shipped weights: they load, belong together, and answer as their cards say."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
import torch

import nlptasks
from nlptasks.api import LoadedTask
from nlptasks.models.generation import Decoding, Instruction
from nlptasks.models.seq2seq import TransformerSeq2Seq
from nlptasks_bundled import nlptasks_backbones
from nlptasks_bundled.backbone import WEIGHTS
from nlptasks_bundled.dialogue import speakers

DATA = Path(os.environ.get("NLPTASKS_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.fixture(scope="module")
def sentiment() -> LoadedTask:
    return nlptasks.load("sentiment", device="cpu")


@pytest.fixture(scope="module")
def topics() -> LoadedTask:
    return nlptasks.load("classification", device="cpu")


def rows(name: str, count: int) -> list[dict[str, str]]:
    path = DATA / name / "validation.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the data set {name} is not here; set NLPTASKS_DATA to the folder that holds it")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for _, line in zip(range(count), file, strict=False)]


def accuracy(task: LoadedTask, examples: list[dict[str, str]]) -> float:
    answers = task([row["text"] for row in examples])
    return sum(
        answer is not None and answer.canonical == row["label"] for answer, row in zip(answers, examples, strict=True)
    ) / len(examples)


def test_six_tasks_hold_one_backbone_in_memory(sentiment: LoadedTask, topics: LoadedTask) -> None:
    others = [nlptasks.load(task, device="cpu") for task in ("qa", "summarization", "translation", "generation")]
    assert {id(task.backbone) for task in (sentiment, topics, *others)} == {id(sentiment.backbone)}


def test_the_descriptor_tells_the_truth(sentiment: LoadedTask) -> None:
    spec, backbone = nlptasks_backbones()[0], sentiment.backbone
    assert isinstance(backbone, TransformerSeq2Seq)
    weights = [*backbone.model.parameters(), *backbone.decoder.parameters()]
    assert (backbone.name, sum(weight.numel() for weight in weights)) == (spec.name, spec.parameters)
    assert {item.language for item in backbone.instructions} == set(spec.writes)


def test_the_files_are_no_larger_than_repositories_take() -> None:
    sizes = [file.stat().st_size for file in WEIGHTS.rglob("*")]
    assert max(sizes) < 50_000_000
    assert sum(sizes) < 100_000_000


def test_transformers_opens_the_checkpoint_and_writes_the_same_text(sentiment: LoadedTask) -> None:
    from transformers import EncoderDecoderModel

    backbone = sentiment.backbone
    assert isinstance(backbone, TransformerSeq2Seq)
    model = EncoderDecoderModel.from_pretrained(WEIGHTS, local_files_only=True, dtype=torch.float32).eval()
    instruction = Instruction("translation", "de")
    window = backbone.tokenize(["A man is riding a bicycle down the street."])[0][0]
    prefix = torch.tensor([backbone.text.prefix(instruction)])
    theirs = model.generate(torch.tensor([window.ids]), decoder_input_ids=prefix, max_new_tokens=40, do_sample=False)
    ours = backbone.generate(backbone.encode([window]), instruction, Decoding(max_new_tokens=40))[0][0]
    assert backbone.text.decode(theirs[0].tolist()) == ours.text
    assert ours.complete


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("great phone", "positive"),
        ("broke in a day", "negative"),
        ("Not bad at all for the price.", "positive"),
        ("I would not recommend this to anyone.", "negative"),
    ],
)
def test_plain_sentiment(sentiment: LoadedTask, text: str, label: str) -> None:
    assert sentiment(text).canonical == label  # type: ignore[union-attr]


def test_example_rows_of_classification(topics: LoadedTask) -> None:
    for row in topics.task.examples:
        assert topics(row["text"]).canonical == row["label"]  # type: ignore[union-attr]


def test_sst2(sentiment: LoadedTask) -> None:
    assert accuracy(sentiment, rows("sst2", 872)) >= 0.86


def test_ag_news(topics: LoadedTask) -> None:
    assert accuracy(topics, rows("agnews", 200)) >= 0.86


def test_a_summary_of_a_dialogue_names_who_speaks() -> None:
    folder = Path(__file__).parents[3] / "examples"
    lines = (folder / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line)["document"] for line in lines]
    summaries = nlptasks.load("summarization", head="abstractive", device="cpu")(documents)
    named = [
        summary is not None and any(name in summary.canonical for name in speakers(document))
        for document, summary in zip(documents, summaries, strict=True)
    ]
    assert sum(named) >= len(named) - 1


def test_zero_shot_ag_news() -> None:
    zero_shot = nlptasks.load("classification", labels=("World", "Sports", "Business", "Sci/Tech"), device="cpu")
    assert accuracy(zero_shot, rows("agnews", 200)) >= 0.75
