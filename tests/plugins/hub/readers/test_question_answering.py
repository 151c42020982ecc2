from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import nlptasks
from nlptasks.errors import UsageError
from nlptasks_hub.parity import differences

QUESTION = "What is the capital of Germany?"
Loaded = Callable[[str], tuple[Any, Any]]


@pytest.fixture(scope="module")
def pipe(checkpoints: dict[str, Path]) -> Any:
    return nlptasks.pipeline("question-answering", model=str(checkpoints["qa"]))


def brute_force(loaded: Loaded, name: str, context: str, *, size: int, stride: int, longest: int) -> dict[str, Any]:
    """Every span of every window by plain loops: scores summed by text without case, and the least null score."""
    model, tokenizer = loaded(name)
    settings = {"truncation": "only_second", "max_length": size, "stride": stride, "return_overflowing_tokens": True}
    encoded = tokenizer(QUESTION, context, return_offsets_mapping=True, **settings)
    scores: dict[str, float] = {}
    nulls = []
    for at, ids in enumerate(encoded["input_ids"]):
        rows = {"input_ids": torch.tensor([ids])}
        if "token_type_ids" in encoded:
            rows["token_type_ids"] = torch.tensor([encoded["token_type_ids"][at]])
        with torch.no_grad():
            output = model(**rows)
        inside = [place == 1 for place in encoded.sequence_ids(at)]
        mask = torch.tensor([kept or ids[token] == tokenizer.cls_token_id for token, kept in enumerate(inside)])
        start, end = (
            row[0].masked_fill(~mask, -10_000.0).softmax(-1) for row in (output.start_logits, output.end_logits)
        )
        nulls.append(float(start[0] * end[0]))
        offsets = encoded["offset_mapping"][at]
        for first in range(len(ids)):
            for last in range(first, min(first + longest, len(ids))):
                if inside[first] and inside[last]:
                    text = context[offsets[first][0] : offsets[last][1]].lower()
                    scores[text] = scores.get(text, 0.0) + float(start[first] * end[last])
    return {"scores": scores, "null": min(nulls)}


@pytest.mark.parametrize("name", ["qa", "roberta-qa"])
@pytest.mark.parametrize(("size", "stride"), [(64, 32), (40, 8)])
def test_spans_are_the_best_products_of_two_softmaxes(
    checkpoints: dict[str, Path], loaded: Loaded, texts: tuple[str, ...], name: str, size: int, stride: int
) -> None:
    pipe = nlptasks.pipeline("question-answering", model=str(checkpoints[name]))
    context = texts[2] + " " + texts[3]
    expected = brute_force(loaded, name, context, size=size, stride=stride, longest=5)
    answers = pipe(
        question=QUESTION,
        context=context,
        top_k=10_000,
        align_to_words=False,
        max_answer_len=5,
        max_seq_len=size,
        doc_stride=stride,
        handle_impossible_answer=True,
    )
    null = [answer for answer in answers if answer["start"] == answer["end"] == 0 and answer["score"]]
    found = {answer["answer"].lower(): answer["score"] for answer in answers if answer["score"] and answer["answer"]}
    assert {text: score for text, score in expected["scores"].items() if text} == pytest.approx(found, rel=1e-3)
    assert null[-1]["score"] == pytest.approx(expected["null"], rel=1e-4)
    assert all(context[answer["start"] : answer["end"]] == answer["answer"] for answer in answers)
    assert [a["score"] for a in answers] == sorted((a["score"] for a in answers), reverse=True)


def test_answers_are_widened_to_words(pipe: Any, texts: tuple[str, ...]) -> None:
    context = texts[2]
    for answer in pipe(QUESTION, context, top_k=8):
        assert answer["answer"] == context[answer["start"] : answer["end"]]
        before, behind = context[: answer["start"]][-1:], context[answer["end"] :][:1]
        assert not (before.isalnum() and answer["answer"][0].isalnum())
        assert not (behind.isalnum() and answer["answer"][-1].isalnum())


def test_all_forms_of_a_question_give_its_answer(pipe: Any, texts: tuple[str, ...]) -> None:
    context, asked = texts[2], {"question": QUESTION, "context": texts[2]}
    answer = pipe(question=QUESTION, context=context)
    assert set(answer) == {"score", "start", "end", "answer"}
    alone = [
        pipe(asked),
        pipe([asked]),
        pipe(QUESTION, context),
        pipe(question=[QUESTION], context=context),
        pipe(data=asked),
        pipe(X=[asked]),
        pipe({**asked, "id": "7"}),
        pipe(SimpleNamespace(question_text=QUESTION, context_text=context)),
        pipe(pipe.create_sample(question=QUESTION, context=context)),
        next(iter(pipe(item for item in [asked]))),
    ]
    assert alone == [answer] * len(alone)
    both = [answer, pipe("Who?", context)]
    several = [
        pipe(question=[QUESTION, "Who?"], context=context),
        pipe(question=[QUESTION, "Who?"], context=[context, context]),
        pipe([asked, {"question": "Who?", "context": context}]),
        pipe(asked, {"question": "Who?", "context": context}),
        pipe({"question": [QUESTION, "Who?"], "context": [context, context]}),
        list(pipe({"question": question, "context": context} for question in (QUESTION, "Who?"))),
    ]
    for found in several:
        assert differences(found, both) == []


def test_one_answer_stands_alone_and_several_stand_in_a_list(pipe: Any, texts: tuple[str, ...]) -> None:
    assert isinstance(pipe(QUESTION, texts[2], top_k=1), dict)
    assert len(pipe(QUESTION, texts[2], top_k=3)) == 3
    assert pipe(QUESTION, texts[2], topk=3) == pipe(QUESTION, texts[2], top_k=3)
    assert isinstance(pipe(QUESTION, "yes", top_k=1, align_to_words=True), dict)


def test_a_context_without_tokens_has_no_answer(pipe: Any) -> None:
    assert pipe(QUESTION, " \n") == {"score": 0.0, "start": 0, "end": 0, "answer": ""}


def test_lone_surrogates_keep_their_place(pipe: Any) -> None:
    context = "Berlin \ud800 is the capital"
    answers = pipe(QUESTION, context, top_k=20)
    assert all(context[answer["start"] : answer["end"]] == answer["answer"] for answer in answers)


def test_a_short_overlap_is_found_for_a_long_question(pipe: Any, texts: tuple[str, ...]) -> None:
    question = "capital " * 40
    assert pipe(question, texts[2])["answer"]
    with pytest.raises(UsageError, match="doc_stride=32 of them overlap"):
        pipe(question, texts[2], doc_stride=32)
    with pytest.raises(UsageError, match=r"leaves 0 of max_seq_len=64"):
        pipe("capital " * 70, texts[2])


@pytest.mark.parametrize(
    ("args", "settings", "said"),
    [
        ((), {"question": "", "context": "x"}, "the question is empty"),
        ((), {"question": "x", "context": ""}, "the context is empty"),
        ((), {"question": None, "context": "x"}, "must be a text, got NoneType"),
        ((), {"question": "x"}, "context is missing"),
        ((), {}, "question and context is missing"),
        ((), {"question": ["a", "b"], "context": ["c"]}, "2 questions and 1 contexts"),
        (({"question": "a"},), {}, "has no 'context'"),
        (("a",), {}, "must be a dictionary"),
        (("a", "b"), {"top_k": 0}, "top_k"),
        (("a", "b"), {"max_answer_len": 0}, "max_answer_len"),
        (("a", "b"), {"doc_stride": 90}, "larger than max_seq_len"),
        (("a", "b"), {"topp": 1}, "did you mean 'topk'"),
        (("a", "b " * 90), {"max_seq_len": 90}, "reads at most 64"),
    ],
)
def test_what_cannot_be_read_is_a_value_error_that_says_why(
    pipe: Any, args: tuple[Any, ...], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said) as error:
        pipe(*args, **settings)
    assert isinstance(error.value, UsageError)
    assert error.value.hint
