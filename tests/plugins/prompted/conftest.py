"""Tiny random checkpoints that are asked by prompts: GPT-2 with and without a chat template, and T5."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint

CHAT = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + CHAT
MARKS = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")

Make = Callable[..., Any]


def tokenizer_of(special: tuple[str, ...], end: str = "") -> Tokenizer:
    tokens = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, []))
    tokenizer.add_special_tokens(list(special))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if end:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, tokens.index(end))]
        )
    return tokenizer


def saved(folder: Path, model: Any, tokenizer: Tokenizer, **about: Any) -> Path:
    with quiet_loading():
        model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", **about}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def gpt2(folder: Path, template: str = "", positions: int = 2_048) -> Path:
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = tokenizer_of(MARKS)
    shape = {"n_positions": positions, "n_embd": 16, "n_layer": 1, "n_head": 2, "initializer_range": 0.4}
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = GPT2LMHeadModel(
            GPT2Config(vocab_size=tokenizer.get_vocab_size(), bos_token_id=0, eos_token_id=0, **shape)
        )
    more = {"chat_template": template} if template else {}
    return saved(folder, model, tokenizer, model_max_length=positions, bos_token=MARKS[0], eos_token=MARKS[0], **more)


def t5(folder: Path) -> Path:
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = tokenizer_of(("<pad>", "</s>", "<unk>"), "</s>")
    shape = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "initializer_factor": 4.0}
    with torch.random.fork_rng():
        torch.manual_seed(6)
        config = T5Config(vocab_size=tokenizer.get_vocab_size(), decoder_start_token_id=0, **shape)
        model = T5ForConditionalGeneration(config)
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return saved(folder, model, tokenizer, model_max_length=1_024, **names)


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A function that writes a checkpoint once: plain, chat, no-system, short or t5."""
    ways = {
        "plain": gpt2,
        "chat": lambda folder: gpt2(folder, CHAT),
        "no-system": lambda folder: gpt2(folder, NO_SYSTEM),
        "short": lambda folder: gpt2(folder, positions=360),
        "t5": t5,
    }
    known: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in known:
            known[kind] = ways[kind](tmp_path_factory.mktemp(kind) / kind)
        return known[kind]

    return make


@pytest.fixture(scope="session")
def backbone(folder_of: Make) -> Make:
    """A function that opens such a checkpoint once."""
    known: dict[str, Any] = {}

    def make(kind: str) -> Any:
        if kind not in known:
            known[kind] = opened(open_checkpoint(str(folder_of(kind))), device="cpu")
        return known[kind]

    return make
