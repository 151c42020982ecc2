from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlptasks
from nlptasks.errors import BackboneMismatchError, NlptasksError
from nlptasks.plugin.predictions import Span
from nlptasks.plugin.protocols import Encoder, Example, HeadContext
from nlptasks.testing import check_head
from nlptasks_qa import nlptasks_heads
from nlptasks_qa.head import ExtractiveAnswers, open_head
from nlptasks_qa.options import SpanOptions
from nlptasks_qa.weights_file import FILE, SpanWeights
from nlptasks_tasks.qa import SPEC as TASK

HEAD = nlptasks_heads()[0]

#: Letters of several scripts, emoji with modifiers, combining marks, marks of direction, white space.
TEXTS = st.text(
    alphabet=st.sampled_from(
        "good film bad é e\u0301ä\u0308中文ひらがなעבריתسيئةไทยी👍🏽👨\u200d👩🇫🇷.,!?\n\u200b\u200f\u202e'\"0"
    ),
    min_size=1,
)


@pytest.fixture(scope="module")
def weights(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights for the tiny encoder."""
    folder = tmp_path_factory.mktemp("spans")
    generator = np.random.default_rng(0)
    SpanWeights(
        weight=generator.normal(size=(2, encoder.width)).astype(np.float32),
        bias=np.zeros(2, np.float32),
        digest=encoder.digest,
        backbone="tiny",
        max_tokens=48,
    ).save(folder)
    return folder


def head(encoder: Encoder, weights: Path, **options: float) -> ExtractiveAnswers:
    settings = SpanOptions(**options)  # type: ignore[arg-type]
    return open_head(HeadContext(task=TASK, backbone=encoder, options=settings, weights=weights))


def answer(opened: ExtractiveAnswers, encoder: Encoder, question: str, context: str) -> Span:
    example = Example({"question": question, "context": context})
    windows = opened.windows([example])[0]
    return opened.read(example, windows, [opened.reduce(encoder.encode([window]))[0] for window in windows])


def test_passes_the_conformance_check(encoder: Encoder, weights: Path) -> None:
    check_head(TASK, HEAD, backbone=encoder, weights=weights)


@given(TEXTS, TEXTS)
def test_answers_are_exact_pieces_of_the_context(encoder: Encoder, weights: Path, question: str, context: str) -> None:
    span = answer(head(encoder, weights, overlap=8), encoder, question, context)
    assert context[span.start : span.end] == span.text
    assert 0 <= span.score <= 1


@given(TEXTS, TEXTS, st.integers(2, 20))
def test_alternatives_are_other_pieces_of_the_context_the_better_first(
    encoder: Encoder, weights: Path, question: str, context: str, top_k: int
) -> None:
    span = answer(head(encoder, weights, overlap=8, top_k=top_k), encoder, question, context)
    one = answer(head(encoder, weights, overlap=8), encoder, question, context)
    assert span.alternatives is not None and one.alternatives is None
    assert span.cells()[:4] == one.cells()
    every = [span, *span.alternatives]
    assert len(every) <= top_k
    assert len({found.text for found in every}) == len(every)
    assert [found.score for found in every] == sorted((found.score for found in every), reverse=True)
    assert all(context[found.start : found.end] == found.text and found.text for found in span.alternatives)
    names = ("answer", "score", "start", "end")
    others = [dict(zip(names, found.cells(), strict=True)) for found in span.alternatives]
    assert span.cells()[4] == others


@pytest.mark.parametrize("score", [-1e3, 1e3], ids=["no answer", "answer"])
def test_weights_that_learned_when_there_is_no_answer(
    encoder: Encoder, weights: Path, tmp_path: Path, score: float
) -> None:
    """A bias of start and end at the first token would be one at every token: the decision is made by the states."""
    context = "the film is not very good"
    shipped = SpanWeights.load(weights)
    first = encoder.encode(encoder.tokenize([context], questions=["good"])[0]).states[0, 0]
    others = encoder.encode(encoder.tokenize([context], questions=["good"])[0]).states[0, 1:]
    away = first - others.mean(axis=0)
    replace(shipped, weight=np.stack([away, away]) * np.float32(-score / 1e3), no_answer=True).save(tmp_path)
    span = answer(head(encoder, tmp_path, top_k=3), encoder, "good", context)
    assert SpanWeights.load(tmp_path).no_answer and span.alternatives
    if score < 0:
        assert (span.text, span.start, span.end) == ("", 0, 0) and span.score > 0.5
        assert all(found.text for found in span.alternatives)
    else:
        assert span.text and span.text in context


def test_a_question_or_a_context_without_text_has_no_answer_and_costs_no_other_row(tmp_path: Path) -> None:
    context = "The iron tower was built in Paris."
    data = tmp_path / "questions.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        rows = [("Where was it built?", context), ("", context), (" \t", context), ("Where?", ""), ("Where?", "\u3000")]
        csv.writer(file).writerows([("question", "context"), *rows])
    nlptasks.run("qa", data, output=tmp_path / "answers.jsonl", options={"top_k": 3}, device="cpu")
    found = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    columns = ("answer", "answer_score", "answer_start", "answer_end", "answer_alternatives")
    assert [list(row) for row in found] == [["question", "context", *columns]] * 5
    assert "Paris" in found[0]["answer"] and len(found[0]["answer_alternatives"]) == 2
    assert all(row[column] is None for row in found[1:] for column in columns)


def test_a_long_context_is_read_to_its_end(encoder: Encoder, weights: Path) -> None:
    opened = head(encoder, weights, overlap=8)
    context = "the film is not very good and " * 400
    windows = opened.windows([Example({"question": "good", "context": context})])[0]
    assert windows[-1].offsets[-1][1] == len(context.rstrip())
    assert all(window.cut == 0 for window in windows)


def test_no_answer_where_the_score_says_so(encoder: Encoder, weights: Path) -> None:
    span = answer(head(encoder, weights, no_answer_below=1.0), encoder, "good", "the film is not good")
    assert (span.text, span.start, span.end) == ("", 0, 0)


def test_a_foreign_backbone_is_refused(foreign_encoder: Encoder, weights: Path) -> None:
    with pytest.raises(BackboneMismatchError, match="trained on the backbone 'tiny' with digest"):
        head(foreign_encoder, weights)


def test_damaged_weights_are_explained(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no")
    with pytest.raises(NlptasksError, match="no weights of an extractive head can be read here"):
        head(encoder, tmp_path)


def test_the_shipped_head_answers_the_examples() -> None:
    qa = nlptasks.load("qa", device="cpu")
    spans = qa([{"question": row["question"], "context": row["context"]} for row in qa.task.examples])
    assert all(row["answers"] in span.text for span, row in zip(spans, qa.task.examples, strict=True) if span)
    assert None not in spans
    long = "Nothing is said here about it. " * 1_500 + "The keeper of the key was called Morwen Halloway."
    found = qa({"question": "What was the keeper of the key called?", "context": long})
    assert isinstance(found, Span)
    assert "Morwen" in found.text
    assert long[found.start : found.end] == found.text


def test_squad(tmp_path: Path) -> None:
    data = Path(os.environ.get("NLPTASKS_DATA", Path(__file__).parents[4] / "shared" / "data"))
    path = data / "squad" / "validation.jsonl.gz"
    if not path.exists():
        pytest.skip("the data set squad is not here; set NLPTASKS_DATA to the folder that holds it")
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for _, line in zip(range(100), file, strict=False)]
    spans = nlptasks.load("qa", device="cpu")([{"question": r["question"], "context": r["context"]} for r in rows])
    hits = [
        span is not None and span.canonical in row["answers"]["text"] for span, row in zip(spans, rows, strict=True)
    ]
    assert np.mean(hits) >= 0.35
