from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from nlptasks._running.predict import predict
from nlptasks._systems.system import LoadedHead
from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.plugin.protocols import Example, HeadContext
from nlptasks.testing import check_head, write_tiny_checkpoint
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint
from nlptasks_qa import nlptasks_heads
from nlptasks_qa.options import OwnSpanOptions
from nlptasks_qa.own import open_head
from nlptasks_tasks.qa import SPEC

CONTEXTS = ("the phone works very late and the film is good", "nothing is bad", "it is broken, and not the service")
QUESTION = "what works"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random checkpoint with a layer for spans."""
    from transformers import BertConfig, BertForQuestionAnswering

    place = write_tiny_checkpoint(tmp_path_factory.mktemp("spans") / "checkpoint")
    config = BertConfig.from_pretrained(place)
    config.initializer_range = 0.3
    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(0)
        BertForQuestionAnswering(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def backbone(folder: Path) -> Any:
    return opened(open_checkpoint(str(folder)), device="cpu")


def answers(backbone: Any, contexts: Sequence[str], **options: Any) -> list[Any]:
    head = open_head(HeadContext(task=SPEC, backbone=backbone, options=OwnSpanOptions(**options)))
    examples = [Example({"question": QUESTION, "context": context}) for context in contexts]
    return list(predict([LoadedHead(task=SPEC, name="own", head=head)], backbone, [examples]).by_head[0])


@pytest.mark.parametrize("no_answer", [False, True])
def test_passes_the_conformance_check(no_answer: bool, backbone: Any) -> None:
    spec = next(head for head in nlptasks_heads() if head.name == "own")
    check_head(SPEC, spec, backbone=backbone, options=OwnSpanOptions(no_answer=no_answer))


def best(folder: Path, context: str) -> tuple[float, str, float]:
    """By transformers' own forward pass: the best span's logit and text, and the logit of no answer."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(QUESTION, context, return_tensors="pt", return_offsets_mapping=True)
    places = inputs.pop("offset_mapping")[0].tolist()
    with quiet_loading(), torch.inference_mode():
        found = AutoModelForQuestionAnswering.from_pretrained(folder).eval()(**inputs)
    start, end = found.start_logits[0].tolist(), found.end_logits[0].tolist()
    inside = [at for at, kind in enumerate(inputs.sequence_ids(0)) if kind == 1]
    spans = [
        (start[a] + end[b], context[places[a][0] : places[b][1]]) for a in inside for b in inside if a <= b < a + 30
    ]
    return *max(spans), start[0] + end[0]


def test_answers_with_the_best_span_of_the_carried_layer(folder: Path, backbone: Any) -> None:
    for context, found in zip(CONTEXTS, answers(backbone, CONTEXTS), strict=True):
        _, text, _ = best(folder, context)
        assert found.text == text == context[found.start : found.end]


def test_there_may_be_no_answer(folder: Path, backbone: Any) -> None:
    found = answers(backbone, CONTEXTS, no_answer=True)
    expected = [best(folder, context) for context in CONTEXTS]
    assert [answer.text for answer in found] == [text if logit > nothing else "" for logit, text, nothing in expected]
