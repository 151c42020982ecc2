from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlptasks
from nlptasks.contracts import Encoder, Example, HeadContext
from nlptasks.errors import BackboneMismatchError, NlptasksError
from nlptasks.predictions import Span
from nlptasks.testing import check_head
from nlptasks_qa import nlptasks_heads
from nlptasks_qa.head import Extractive, open_head
from nlptasks_qa.options import SpanOptions
from nlptasks_qa.weights_file import FILE, SpanWeights
from nlptasks_tasks.qa import SPEC as TASK

HEAD = nlptasks_heads()[0]

#: Letters of several scripts, emoji with modifiers, combining marks, marks of direction, white space.
TEXTS = st.text(
    alphabet=st.sampled_from("good film bad é e\u0301ä\u0308中文ひらがなעברית👍🏽👨\u200d👩.,!?\n\u200f'\"0"),
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


def head(encoder: Encoder, weights: Path, **options: float) -> Extractive:
    settings = SpanOptions(**options)  # type: ignore[arg-type]
    return open_head(HeadContext(task=TASK, backbone=encoder, options=settings, weights=weights))


def answer(opened: Extractive, encoder: Encoder, question: str, context: str) -> Span:
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
    hits = [span is not None and span.answer in row["answers"]["text"] for span, row in zip(spans, rows, strict=True)]
    assert np.mean(hits) >= 0.35
