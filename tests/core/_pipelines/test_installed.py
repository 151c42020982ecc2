"""Pipelines on the bundled backbone give what those of transformers give, offline."""

from __future__ import annotations

import pytest

import nlptasks
from nlptasks.errors import UsageError


@pytest.mark.parametrize("name", ["sentiment-analysis", "text-classification"])
def test_labels(name: str) -> None:
    classify = nlptasks.pipeline(name, model="bundled", device=-1)
    (one,) = classify("This is a great film.")
    assert one.keys() == {"label", "score"}
    assert (one["label"], one["score"] > 0.5) == ("positive", True)
    several = classify(["This is a great film.", "A boring, bad film."])
    assert [each["label"] for each in several] == ["positive", "negative"]
    assert list(classify(text for text in ["This is a great film."])) == [one]
    assert classify.task == name
    assert repr(classify).startswith(f"<pipeline {name}; task sentiment; ")


def test_answers() -> None:
    ask = nlptasks.pipeline("question-answering", model="nlptasks:bundled")
    one = ask(question="Who came?", context="Anna came home.")
    assert one == ask({"question": "Who came?", "context": "Anna came home."})
    assert one.keys() == {"score", "start", "end", "answer"}
    assert "Anna came home."[one["start"] : one["end"]] == one["answer"] == "Anna"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("summarization", "summary_text"),
        ("translation_en_to_de", "translation_text"),
        ("text-generation", "generated_text"),
    ],
)
def test_texts(name: str, key: str) -> None:
    (one,) = nlptasks.pipeline(name, model="bundled")("This is a great film. It was fun.")
    assert one.keys() == {key}
    assert one[key]
    if name == "text-generation":
        assert one[key].startswith("This is a great film. It was fun.")


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        (None, {}, "an installed backbone, which serves several pipelines"),
        ("zero-shot-classification", {}, "no head on the backbone 'bundled' serves the pipeline 'zero-shot"),
        ("text2text-generation", {}, "no head on the backbone 'bundled' serves the pipeline 'text2text"),
        ("summarization", {"revision": "main"}, "revision is about a checkpoint"),
        ("summarization", {"nonsense": 1}, "nonsense"),
        ("translation_zh_to_de", {}, "does not read 'zh'"),
    ],
)
def test_what_does_not_go(name: str | None, more: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        nlptasks.pipeline(name, model="bundled", **more)
    assert refused.value.hint


def test_what_a_call_does_not_take() -> None:
    classify = nlptasks.pipeline("sentiment-analysis", model="bundled")
    with pytest.raises(UsageError, match="takes no argument 'top_k' at a call"):
        classify("x", top_k=2)
    with pytest.raises(UsageError):
        classify(3)
    with pytest.raises(UsageError):
        classify()
    with pytest.raises(UsageError, match="an input has no text"):
        classify(["good", " "])
