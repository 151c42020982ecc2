from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import nlptasks
from nlptasks.errors import UsageError

LABELS = ["politics", "sport", "film"]
Logits = Callable[..., torch.Tensor]


@pytest.mark.parametrize("name", ["nli", "roberta-nli"])
@pytest.mark.parametrize("alone", [False, True])
def test_scores_are_the_softmax_of_entailment(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...], name: str, alone: bool
) -> None:
    pipe = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints[name]))
    for text in texts[:3]:
        rows = torch.stack([logits(name, text, f"About {label}.", truncation="only_first") for label in LABELS])
        scores = rows[:, [0, 2]].softmax(-1)[:, 1] if alone else rows[:, 2].softmax(-1)
        order = scores.argsort(descending=True).tolist()
        answer = pipe(text, LABELS, hypothesis_template="About {}.", multi_label=alone)
        assert answer["sequence"] == text
        assert answer["labels"] == [LABELS[at] for at in order]
        assert answer["scores"] == pytest.approx(scores[order].tolist(), rel=1e-4)


def test_labels_come_in_a_list_or_a_string_at_the_opening_or_at_the_call(
    checkpoints: dict[str, Path], texts: tuple[str, ...]
) -> None:
    folder = str(checkpoints["nli"])
    pipe = nlptasks.pipeline("zero-shot-classification", model=folder)
    expected = pipe(texts[0], candidate_labels=LABELS)
    assert pipe(texts[0], candidate_labels="politics, sport,film,") == expected
    assert nlptasks.pipeline("zero-shot-classification", model=folder, candidate_labels=LABELS)(texts[0]) == expected
    assert pipe(sequences=texts[0], candidate_labels=tuple(LABELS)) == expected
    assert pipe([texts[0]], LABELS)[0]["labels"] == expected["labels"]
    assert next(pipe((text for text in texts[:1]), LABELS))["labels"] == expected["labels"]


def test_one_label_is_judged_by_itself(checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...]) -> None:
    row = logits("nli", texts[0], "This example is sport.")[[0, 2]].softmax(-1)
    answer = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints["nli"]))(texts[0], ["sport"])
    assert answer["scores"] == pytest.approx([float(row[1])], rel=1e-4)


def test_equal_hypotheses_have_equal_scores(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    answer = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints["nli"]))(texts[0], ["a", "film", "a"])
    scores = dict.fromkeys(answer["labels"])
    assert set(scores) == {"a", "film"}
    twice = [score for label, score in zip(answer["labels"], answer["scores"], strict=True) if label == "a"]
    assert twice[0] == twice[1]


def test_a_long_text_is_cut_and_the_hypothesis_is_not(
    checkpoints: dict[str, Path], logits: Logits, texts: tuple[str, ...]
) -> None:
    long = " ".join(texts)
    row = logits("nli", long, "This example is sport.", truncation="only_first")[[0, 2]].softmax(-1)
    pipe = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints["nli"]))
    with pytest.warns(UserWarning, match="longer than is read at once, and is cut there"):
        assert pipe(long, ["sport"])["scores"] == pytest.approx([float(row[1])], rel=1e-4)
    with pytest.raises(UsageError, match="reads at most 64"):
        pipe(texts[0], ["label " * 60, "sport"])


def test_a_model_without_entailment_is_warned_of(checkpoints: dict[str, Path], texts: tuple[str, ...]) -> None:
    with pytest.warns(UserWarning, match="no label of the model is called 'entailment'"):
        pipe = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints["topics"]))
    assert sum(pipe(texts[0], LABELS)["scores"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("args", "settings", "said"),
    [
        (("a",), {}, "at least one label"),
        (("a", []), {}, "at least one label"),
        (("", ["b"]), {}, "not empty"),
        ((["a", ""], ["b"]), {}, "not empty"),
        (("a", ["b"]), {"hypothesis_template": "no place"}, "has no {} for the label"),
        (("a", ["b"]), {"hypothesis_template": "{} {}"}, "cannot be filled"),
        (("a", 3), {}, "candidate_labels cannot be"),
        (("a", ["b"], ["c"]), {}, "cannot read the arguments"),
        (("a", ["b"]), {"multilabel": True}, "did you mean 'multi_label'"),
    ],
)
def test_what_cannot_be_read_is_a_value_error_that_says_why(
    checkpoints: dict[str, Path], args: tuple[Any, ...], settings: dict[str, Any], said: str
) -> None:
    pipe = nlptasks.pipeline("zero-shot-classification", model=str(checkpoints["nli"]))
    with pytest.raises(ValueError, match=said) as error:
        pipe(*args, **settings)
    assert isinstance(error.value, UsageError)
    assert error.value.hint
