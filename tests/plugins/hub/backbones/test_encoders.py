from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.errors import UsageError
from nlptasks.models.pooling import text_means
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.plugin.protocols import BackboneContext, Example, HeadContext
from nlptasks_classification.options import ZeroShotOptions
from nlptasks_classification.zero_shot import ZeroShot
from nlptasks_hub.backbone import load, opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_layers.own import open_classification, open_sentiment
from nlptasks_tasks.classification import SPEC as CLASSIFICATION
from nlptasks_tasks.sentiment import SPEC as SENTIMENT

Make = Callable[..., Any]

TEXTS = ("good phone", "the film is not very bad, and it works late. Größe!", "", "👍🏽 phone </s> film")
QUESTION = "is it good"

LABELLED = (
    ("bert", "BertForSequenceClassification"),
    ("roberta", "RobertaForSequenceClassification"),
    ("distilbert", "DistilBertForSequenceClassification"),
    ("bart", "BartForSequenceClassification"),
)
SPANS = (("bert", "BertForQuestionAnswering"), ("roberta", "RobertaForQuestionAnswering"))
PLAIN = (("bert", "BertModel"), ("roberta", "RobertaModel"), ("distilbert", "DistilBertModel"))


def plain(folder: Path, kind: str) -> tuple[Any, Any]:
    """Tokenizer and model as transformers opens them."""
    import transformers

    with quiet_loading():
        model = getattr(transformers, kind).from_pretrained(folder).eval()
    return transformers.AutoTokenizer.from_pretrained(folder), model


def windows_of(backbone: Any, texts: Any, **settings: Any) -> list[Any]:
    rows = backbone.tokenize(texts, **settings)
    assert all(len(row) == 1 for row in rows)
    return [row[0] for row in rows]


@pytest.mark.parametrize(("kind", "model"), LABELLED)
def test_labels_equal_transformers_own(kind: str, model: str, checkpoint: Make, backbone: Make) -> None:
    ours = backbone(kind, model, num_labels=3)
    tokenizer, theirs = plain(checkpoint(kind, model, num_labels=3), model)
    states = ours.encode(windows_of(ours, TEXTS))
    assert ours.labels == ("LABEL_0", "LABEL_1", "LABEL_2")
    assert states.logits.shape == (len(TEXTS), 3)
    for row, text in enumerate(TEXTS):
        with torch.inference_mode():
            expected = theirs(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
        torch.testing.assert_close(torch.tensor(states.logits[row]), expected.logits[0])
        hidden = expected.encoder_last_hidden_state if kind == "bart" else expected.hidden_states[-1]
        torch.testing.assert_close(torch.tensor(states.states[row][states.mask[row]]), hidden[0])


@pytest.mark.parametrize(("kind", "model"), SPANS)
def test_spans_equal_transformers_own(kind: str, model: str, checkpoint: Make, backbone: Make) -> None:
    ours = backbone(kind, model)
    tokenizer, theirs = plain(checkpoint(kind, model), model)
    texts = [text for text in TEXTS if text]  # transformers takes an empty second text for none
    windows = windows_of(ours, texts, questions=[QUESTION] * len(texts), offsets=True)
    states = ours.encode(windows)
    for row, text in enumerate(texts):
        inputs = tokenizer(QUESTION, text, return_tensors="pt")
        assert windows[row].ids == tuple(inputs["input_ids"][0].tolist())
        with torch.inference_mode():
            expected = theirs(**inputs)
        both = torch.stack([expected.start_logits[0], expected.end_logits[0]], dim=1)
        torch.testing.assert_close(torch.tensor(states.logits[row][states.mask[row]]), both)


@pytest.mark.parametrize(("kind", "model"), PLAIN)
def test_a_checkpoint_without_a_layer_is_an_encoder(kind: str, model: str, checkpoint: Make, backbone: Make) -> None:
    ours = backbone(kind, model)
    tokenizer, theirs = plain(checkpoint(kind, model), model)
    states = ours.encode(windows_of(ours, TEXTS))
    assert states.logits is None
    assert ours.labels == ()
    for row, text in enumerate(TEXTS):
        with torch.inference_mode():
            expected = theirs(**tokenizer(text, return_tensors="pt")).last_hidden_state
        torch.testing.assert_close(torch.tensor(states.states[row][states.mask[row]]), expected[0])


def test_a_decoder_with_labels_reads_them_at_the_last_token(checkpoint: Make, backbone: Make) -> None:
    settings: dict[str, Any] = {"num_labels": 2}
    ours = backbone("gpt2", "GPT2ForSequenceClassification", **settings)
    tokenizer, theirs = plain(
        checkpoint("gpt2", "GPT2ForSequenceClassification", **settings), "GPT2ForSequenceClassification"
    )
    texts = [text for text in TEXTS if text]
    states = ours.encode(windows_of(ours, texts))
    for row, text in enumerate(texts):
        with torch.inference_mode():
            expected = theirs(**tokenizer(text, return_tensors="pt")).logits
        torch.testing.assert_close(torch.tensor(states.logits[row]), expected[0])


@pytest.mark.parametrize(("kind", "model"), LABELLED)
def test_a_question_may_stand_behind_the_text(kind: str, model: str, checkpoint: Make, backbone: Make) -> None:
    ours = backbone(kind, model, num_labels=3)
    tokenizer, theirs = plain(checkpoint(kind, model, num_labels=3), model)
    windows = windows_of(ours, TEXTS, questions=[QUESTION] * len(TEXTS), questions_last=True)
    states = ours.encode(windows)
    for row, text in enumerate(TEXTS):
        inputs = tokenizer(text, QUESTION, return_tensors="pt")
        assert windows[row].ids == tuple(inputs["input_ids"][0].tolist())
        if kind == "bert":
            assert windows[row].types == tuple(inputs["token_type_ids"][0].tolist())
        with torch.inference_mode():
            torch.testing.assert_close(torch.tensor(states.logits[row]), theirs(**inputs).logits[0])


def test_positions_that_a_model_cannot_use_are_not_used(backbone: Make) -> None:
    """RoBERTa's table of 66 positions holds 64 tokens: a longer window would fail in the model."""
    ours = backbone("roberta")
    assert ours.max_tokens == 64
    windows = ours.tokenize(["word " * 2_000])[0]
    assert max(map(len, windows)) == 64
    assert np.isfinite(ours.encode(windows).states).all()


def test_padding_and_neighbours_change_no_logit(backbone: Make) -> None:
    ours = backbone("bart", "BartForSequenceClassification", num_labels=3)
    single, pair = windows_of(ours, TEXTS), windows_of(ours, TEXTS, questions=[QUESTION] * 4)
    together = ours.encode([*single, *pair])
    for row, window in enumerate((*single, *pair)):
        np.testing.assert_allclose(together.logits[row], ours.encode([window]).logits[0], atol=1e-5, rtol=1e-5)
    part = together.rows([3, 0])
    np.testing.assert_allclose(part.logits, together.logits[[3, 0]], atol=1e-5, rtol=1e-5)


def test_one_pass_serves_the_carried_layer_and_other_heads(backbone: Make) -> None:
    ours = backbone("bert", num_labels=2)
    tasks = [
        LoadedHead(
            task=CLASSIFICATION, name="own", head=open_classification(HeadContext(task=CLASSIFICATION, backbone=ours))
        ),
        LoadedHead(task=SENTIMENT, name="mood", head=open_sentiment(HeadContext(task=SENTIMENT, backbone=ours))),
        LoadedHead(
            task=CLASSIFICATION,
            name="zero-shot",
            head=ZeroShot(HeadContext(task=CLASSIFICATION, backbone=ours, options=ZeroShotOptions(labels=("a", "b")))),
        ),
    ]
    examples = [Example({"text": text}) for text in ("good phone", "bad film")]
    passes: list[int] = []
    hook = ours.model.register_forward_hook(lambda *_: passes.append(1))
    answers = predict(tasks, ours, [examples] * 3, budget=2_048)
    hook.remove()
    assert len(passes) == 1
    own, mood, _ = answers.by_head
    assert [label and label.score for label in own] == [label and label.score for label in mood]  # type: ignore[attr-defined]


def test_hidden_states_are_as_good_as_those_of_an_encoder_alone(checkpoint: Make, backbone: Make) -> None:
    found = text_means(backbone("bert", num_labels=2), TEXTS[:2], max_tokens=64)
    tokenizer, theirs = plain(checkpoint("bert", num_labels=2), "BertForSequenceClassification")
    for row, text in zip(found, TEXTS[:2], strict=True):
        with torch.inference_mode():
            states = theirs.bert(**tokenizer(text, return_tensors="pt")).last_hidden_state
        torch.testing.assert_close(torch.from_numpy(row), states[0].mean(dim=0))


def test_the_digest_is_that_of_weights_and_tokenizer(tmp_path: Path, checkpoint: Make) -> None:
    import shutil

    def digest(folder: Path) -> str:
        return opened(open_checkpoint(str(folder)), device="cpu").digest

    folder = shutil.copytree(checkpoint("bert", num_labels=2), tmp_path / "copy")
    before = digest(folder)
    (folder / "README.md").write_text("a card", encoding="utf-8")
    assert digest(folder) == before == digest(checkpoint("bert", num_labels=2))
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    assert digest(folder) != before


def test_a_context_opens_what_it_refers_to(checkpoint: Make) -> None:
    ours: Any = load(BackboneContext(reference=str(checkpoint("bert", num_labels=2)), device="cpu"))
    assert ours.name == str(checkpoint("bert", num_labels=2))
    assert ours.labels == ("LABEL_0", "LABEL_1")
    with pytest.raises(UsageError, match="no device"):
        load(BackboneContext(reference=str(checkpoint("bert", num_labels=2)), device="cuda:99x"))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"num_labels": 3}, "one"),
        ({"num_labels": 1}, "number"),
        ({"num_labels": 3, "problem_type": "multi_label_classification"}, "many"),
        ({"num_labels": 1, "problem_type": "multi_label_classification"}, "many"),
        ({"num_labels": 3, "problem_type": "single_label_classification"}, "one"),
    ],
    ids=str,
)
def test_a_layer_says_what_it_was_trained_for(settings: dict[str, Any], problem: str, backbone: Make) -> None:
    assert backbone("bert", **settings).problem == problem
