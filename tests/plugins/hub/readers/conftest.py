"""Tiny checkpoints with label and span layers, and plain forward passes to compare pipelines with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

TEXTS = (
    "The movie was wonderful and the actors were brilliant.",
    "I hated every minute of this terrible, boring film!",
    "Berlin is the capital of Germany; Paris is the capital of France, and Madrid is the capital of Spain.",
    "Café, naïve, Zürich, 北京, Москва — text is not always ASCII. Emoji 😀 and symbols €£¥ happen.",
    "This example is politics, sport or film.",
)
NLI = {"id2label": {0: "contradiction", 1: "neutral", 2: "entailment"}}
_WIDTH = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


@pytest.fixture(scope="session")
def texts() -> tuple[str, ...]:
    return TEXTS


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of checkpoints by name; all read 64 tokens."""
    root, words, pieces = tmp_path_factory.mktemp("readers"), _word_pieces(), _byte_pieces()
    bert = {"vocab_size": len(words), "max_position_embeddings": 64, "initializer_range": 0.5, **_WIDTH}
    roberta = bert | {"vocab_size": len(pieces), "max_position_embeddings": 66, "pad_token_id": 1, "type_vocab_size": 1}
    roberta |= {"bos_token_id": 0, "eos_token_id": 2}
    labels = {"num_labels": 4}
    made: dict[str, tuple[str, dict[str, Any], Any]] = {
        "topics": ("BertForSequenceClassification", bert | labels, words),
        "many": (
            "BertForSequenceClassification",
            bert | labels | {"problem_type": "multi_label_classification"},
            words,
        ),
        "one": ("BertForSequenceClassification", bert | {"num_labels": 1}, words),
        "number": ("BertForSequenceClassification", bert | {"num_labels": 1, "problem_type": "regression"}, words),
        "all": ("BertForSequenceClassification", bert | labels | {"return_all_scores": True}, words),
        "nli": ("BertForSequenceClassification", bert | NLI, words),
        "qa": ("BertForQuestionAnswering", bert, words),
        "roberta-topics": ("RobertaForSequenceClassification", roberta | labels, pieces),
        "roberta-nli": ("RobertaForSequenceClassification", roberta | NLI, pieces),
        "roberta-qa": ("RobertaForQuestionAnswering", roberta, pieces),
        "headless": ("BertModel", bert, words),
    }
    for name, (architecture, settings, tokenizer) in made.items():
        _save(root / name, architecture, settings, tokenizer)
    return {name: root / name for name in made}


@pytest.fixture(scope="session")
def loaded(checkpoints: dict[str, Path]) -> Callable[[str], tuple[Any, Any]]:
    """A model and its tokenizer, loaded by transformers alone."""

    def load(name: str) -> tuple[Any, Any]:
        folder = checkpoints[name]
        architecture = json.loads((folder / "config.json").read_text())["architectures"][0]
        model = getattr(transformers, architecture).from_pretrained(folder).eval()
        return model, transformers.AutoTokenizer.from_pretrained(folder)

    return load


@pytest.fixture(scope="session")
def logits(loaded: Callable[[str], tuple[Any, Any]]) -> Callable[..., torch.Tensor]:
    """Label logits of one text or pair: ``[labels]``."""

    def run(name: str, *pair: str, **settings: Any) -> torch.Tensor:
        model, tokenizer = loaded(name)
        with torch.no_grad():
            found: torch.Tensor = model(**tokenizer(*pair, return_tensors="pt", **settings)).logits[0]
        return found

    return run


def _save(folder: Path, architecture: str, settings: dict[str, Any], tokenizer: Any) -> None:
    cls = getattr(transformers, architecture)
    with torch.random.fork_rng():
        torch.manual_seed(len(folder.name))
        cls(cls.config_class(**settings)).eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _word_pieces() -> Any:
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # type: ignore[arg-type]
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=specials))
    return transformers.BertTokenizer(vocab=made.get_vocab(), model_max_length=64)


def _byte_pieces() -> Any:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=specials, initial_alphabet=alphabet)
    made.train_from_iterator(TEXTS, trainer)
    parts = json.loads(made.to_str())["model"]
    merges = [tuple(pair) for pair in parts["merges"]]
    return transformers.RobertaTokenizer(vocab=parts["vocab"], merges=merges, model_max_length=64)
