"""Tiny checkpoints of every kind, as transformers saves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import save_file

from nlptasks.testing import write_tiny_checkpoint

#: Sizes, by the names that the configurations of different models use.
_BERT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
_BOTH = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 64,
    "vocab_size": 90,
}
_SIZES: dict[str, dict[str, Any]] = {
    "Bert": {**_BERT, "max_position_embeddings": 64, "vocab_size": 90},
    "Roberta": {**_BERT, "max_position_embeddings": 66, "vocab_size": 90, "pad_token_id": 1},
    "Bart": _BOTH,
    "Marian": {**_BOTH, "pad_token_id": 89, "decoder_start_token_id": 89},
    "T5": {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2, "vocab_size": 90},
    "GPT2": {"n_embd": 32, "n_layer": 1, "n_head": 2, "n_positions": 64, "vocab_size": 90},
}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the checkpoint of a class of transformers (``BertForSequenceClassification``), with settings of its config.

    ``where`` is its folder; its tokenizer is the tiny WordPiece one, whatever the class.
    """

    def write(name: str, *, where: Path | None = None, **settings: Any) -> Path:
        folder = where or tmp_path / "checkpoint"
        family = next(family for family in _SIZES if name.startswith(family))
        write_tiny_checkpoint(folder)
        (folder / "model.safetensors").unlink()
        config = getattr(transformers, f"{family}Config")(**_SIZES[family] | settings)
        torch.manual_seed(0)
        model = getattr(transformers, name)(config)
        config.architectures = [name]
        config.save_pretrained(folder)
        tied = set(model.all_tied_weights_keys)
        weights = {key: value.contiguous() for key, value in model.state_dict().items() if key not in tied}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return folder

    return write


Change = Callable[..., None]


@pytest.fixture
def change() -> Change:
    """Set keys of a JSON file; ``None`` removes one."""

    def edit(path: Path, **values: Any) -> None:
        content = json.loads(path.read_text()) | values
        path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))

    return edit
