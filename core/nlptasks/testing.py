"""What plugin authors test with: a tiny backbone that is made on the spot, and checks that any head must pass.

Needs no download and takes about a second. The checks raise :class:`AssertionError` and say what was expected.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nlptasks._names import resolve
from nlptasks._predict import predict
from nlptasks._registry import Owned
from nlptasks._session import OpenTask, PlannedTask, open_task
from nlptasks.contracts import Encoder, Example, Prediction
from nlptasks.plugin import HeadSpec, TaskSpec

__all__ = ["HARD_TEXTS", "check_head", "tiny_encoder", "write_tiny_checkpoint"]

#: Texts that every head must answer: long, not English, right to left, emoji, combining marks, odd white space.
HARD_TEXTS: Sequence[str] = (
    "word " * 2_000,
    "Der Akku hält zwei Tage — großartig!",
    "这个手机很好用。",
    "للأسف الجودة سيئة جدا",
    "👍👍🏽 👨‍👩‍👧‍👦",
    "e\u0301a\u0308 \u200f\u202eabc",
    "\u00a0tab\tand\nline\r\nends ",
    "=1+1",
    "a",
)

_WORDS = ("good", "bad", "great", "broken", "phone", "film", "not", "very", "and", "but", "the", "a", "is", "works")


def write_tiny_checkpoint(folder: Path, *, seed: int = 0) -> Path:
    """Write a random BERT of 2 layers and width 32 with a small WordPiece tokenizer, as a Hub checkpoint.

    Args:
        folder: Where to write; made if need be.
        seed: Seeds the weights: another seed is a foreign backbone.

    Returns:
        The folder.
    """
    import torch
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*special, *_WORDS, *(x for x in letters if x not in _WORDS), *(f"##{letter}" for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertModel(config, add_pooling_layer=False)
    config.save_pretrained(folder)
    # Not save_pretrained, which draws a progress bar on the terminal of whoever runs the tests.
    save_file({name: weight.contiguous() for name, weight in model.state_dict().items()}, folder / "model.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def tiny_encoder(folder: Path, *, seed: int = 0) -> Encoder:
    """A random encoder in memory, from a checkpoint that is written to ``folder`` first."""
    from nlptasks.encoder import TransformerEncoder

    return TransformerEncoder(write_tiny_checkpoint(folder, seed=seed), name="tiny", device="cpu")


def check_head(
    task: TaskSpec, head: HeadSpec, *, backbone: Encoder | None = None, options: Any = None, weights: Path | None = None
) -> None:
    """Check what every head must do: read any text, and answer the same however rows are ordered and batched.

    Args:
        task: The task that the head solves.
        head: The head.
        backbone: What it works on; ``None`` where it needs nothing.
        options: Its options; ``None``: the defaults.
        weights: Folder of its trained weights.

    Raises:
        AssertionError: It does not; the message says what was expected.
    """
    opened = open_task(
        PlannedTask(
            task=task,
            head=Owned(head, "under-test", "under-test"),
            options=options if options is not None or head.options is None else head.options(),
            weights=weights,
        ),
        backbone,
    )
    before = backbone.fingerprint() if backbone else ""
    examples = [*_rows(task, task.examples), *_hard(task)]
    whole = _answers(opened, backbone, examples)
    kind = resolve(task.prediction)
    for example, prediction in zip(examples, whole, strict=True):
        assert isinstance(prediction, kind), f"{example.inputs}: expected a {kind.__name__}, got {prediction!r}"
        _check_score(opened, prediction, example)
    alone = [_answers(opened, backbone, [example])[0] for example in examples]
    _check_same(whole, alone, "a batch of one")
    reverse = _answers(opened, backbone, examples[::-1])[::-1]
    _check_same(whole, reverse, "the rows in reverse order")
    if backbone:
        assert backbone.fingerprint() == before, "the head changed the weights of the shared backbone"


def _rows(task: TaskSpec, rows: Sequence[Mapping[str, str]]) -> list[Example]:
    return [Example({column.name: row[column.name] for column in task.inputs}) for row in rows]


def _hard(task: TaskSpec) -> list[Example]:
    return _rows(task, [{column.name: text for column in task.inputs} for text in HARD_TEXTS])


def _answers(opened: OpenTask, backbone: Encoder | None, examples: Sequence[Example]) -> list[Prediction]:
    answers = predict([opened], backbone, [examples]).predictions[0]
    return [answer for answer in answers if answer is not None]


def _check_score(opened: OpenTask, prediction: Prediction, example: Example) -> None:
    labels = opened.head.labels
    assert not labels or prediction.answer in labels, f"{example.inputs}: {prediction.answer!r} is not in {labels}"
    score = getattr(prediction, "score", 1.0)
    assert 0 <= score <= 1 and math.isfinite(score), f"{example.inputs}: the score {score} is not between 0 and 1"


def _check_same(one: Sequence[Prediction], other: Sequence[Prediction], what: str) -> None:
    for a, b in zip(one, other, strict=True):
        assert a.answer == b.answer, f"{what} gives another answer: {a} and {b}"
        near = math.isclose(getattr(a, "score", 0.0), getattr(b, "score", 0.0), abs_tol=1e-4)
        assert near, f"{what} gives another score: {a} and {b}"
