from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import UsageError
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.plugin.protocols import Example, HeadContext
from nlptasks.testing import check_head
from nlptasks_layers import nlptasks_heads
from nlptasks_layers.entailment import Entailment
from nlptasks_layers.options import EntailmentOptions
from nlptasks_tasks.classification import SPEC

Make = Callable[..., Any]

NLI = ("contradiction", "neutral", "entailment")
TEXTS = ("good phone", "the film is not very bad, and it works late", "a")
LABELS = ("phone", "film", "service is late")


def answers(backbone: Any, texts: Sequence[str], **options: Any) -> list[Any]:
    head = Entailment(HeadContext(task=SPEC, backbone=backbone, options=EntailmentOptions(**options)))
    examples = [Example({"text": text}) for text in texts]
    return list(predict([LoadedHead(task=SPEC, name="nli", head=head)], backbone, [examples]).by_head[0])


def logits(folder: Path, text: str, sentences: Sequence[str]) -> torch.Tensor:
    """What transformers' own forward passes give, ``[sentences, labels]``."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    with quiet_loading(), torch.inference_mode():
        model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        return torch.cat([model(**tokenizer(text, sentence, return_tensors="pt")).logits for sentence in sentences])


@pytest.mark.parametrize("multi_label", [False, True])
def test_passes_the_conformance_check(multi_label: bool, backbone: Make) -> None:
    spec = next(head for head in nlptasks_heads() if head.name == "nli")
    options = EntailmentOptions(labels=LABELS, multi_label=multi_label)
    check_head(SPEC, spec, backbone=backbone(*NLI), options=options)


def test_labels_are_weighed_against_each_other(folder: Make, backbone: Make) -> None:
    found = answers(backbone(*NLI), TEXTS, labels=LABELS, template="it is {}.")
    for text, answer in zip(TEXTS, found, strict=True):
        expected = logits(folder(*NLI), text, [f"it is {label}." for label in LABELS])[:, 2].softmax(dim=0)
        assert list(answer.scores) == list(LABELS)
        assert list(answer.scores.values()) == pytest.approx(expected.tolist(), abs=1e-6)
        assert answer.label == LABELS[int(expected.argmax())]


def test_each_label_is_weighed_against_its_contradiction(folder: Make, backbone: Make) -> None:
    found = answers(backbone(*NLI), TEXTS, labels=LABELS, multi_label=True)
    for text, answer in zip(TEXTS, found, strict=True):
        both = logits(folder(*NLI), text, [f"This example is {label}." for label in LABELS])[:, [0, 2]]
        expected = both.softmax(dim=1)[:, 1].tolist()
        assert list(answer.scores.values()) == pytest.approx(expected, abs=1e-6)
        assert answer.chosen == tuple(label for label, score in zip(LABELS, expected, strict=True) if score >= 0.5)


def test_one_label_is_judged_for_itself(backbone: Make) -> None:
    alone = answers(backbone(*NLI), TEXTS, labels=("phone",))
    together = answers(backbone(*NLI), TEXTS, labels=LABELS, multi_label=True)
    assert [answer.scores["phone"] for answer in alone] == pytest.approx(
        [answer.scores["phone"] for answer in together]
    )


def test_the_labels_may_stand_in_any_order(folder: Make, backbone: Make) -> None:
    names = ("ENTAILMENT", "neutral", "not")
    found = answers(backbone(*names), TEXTS[:1], labels=("phone",))[0]
    (row,) = logits(folder(*names), TEXTS[0], ["This example is phone."])
    assert found.scores["phone"] == pytest.approx(float(row[[2, 0]].softmax(dim=0)[1]), abs=1e-6)


def test_a_long_text_is_read_to_its_end(backbone: Make) -> None:
    ours, long = backbone(*NLI), "good phone " * 60
    assert answers(ours, [long + "bad film " * 60], labels=LABELS) != answers(ours, [long], labels=LABELS)
    first = answers(ours, [long + "bad film " * 60, long], labels=LABELS, max_windows=1)
    assert first[0].scores == pytest.approx(first[1].scores, abs=1e-6)


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (NLI, {}, "needs labels to choose from"),
        (NLI, {"labels": ("a", "a")}, "names a more than once"),
        (NLI, {"labels": ("a", "b"), "template": "x"}, "no {} for the label"),
        (("NEGATIVE", "POSITIVE"), {"labels": ("a", "b")}, "no label for entailment, but: NEGATIVE, POSITIVE"),
    ],
)
def test_what_cannot_be_asked_is_explained(labels: Any, options: Any, message: str, backbone: Make) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        answers(backbone(*labels), TEXTS, **options)
    assert caught.value.hint
