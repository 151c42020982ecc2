"""Tiny checkpoints that write text, of random weights, with tokenizers trained here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

TEXTS = (
    "The movie was wonderful and the actors were brilliant.",
    "I hated every minute of this terrible, boring film!",
    "Berlin is the capital of Germany; Paris is the capital of France.",
    "In 1889 the tower, 324 metres tall, was the tallest structure.",
    "Café, naïve, Zürich, 北京, Москва — text is not always ASCII 😀.",
    "Hello , world ! They 're here.",
)

#: Large enough that random weights write different texts for different inputs.
_SPREAD = 0.6

_BOTH = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 128,
    "init_std": _SPREAD,
}


def _save(folder: Path, model: Any, tokenizer_config: dict[str, Any], **generation: Any) -> Path:
    model.generation_config.update(**generation)
    model.save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    return folder


def _bytes_tokenizer(special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    return tokenizer


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Searches with three beams by its own settings, at most 12 tokens long; positions for 128."""
    folder = tmp_path_factory.mktemp("bart")
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = _bytes_tokenizer(special)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    config = transformers.BartConfig(vocab_size=tokenizer.get_vocab_size(), decoder_start_token_id=2, **_BOTH)
    named = dict(zip(("bos", "pad", "eos", "unk", "mask"), special, strict=True))
    settings = {f"{name}_token": token for name, token in named.items()}
    return _save(
        folder,
        transformers.BartForConditionalGeneration(config),
        {"tokenizer_class": "BartTokenizer", "model_max_length": 48, **settings},
        max_length=12,
        num_beams=3,
        no_repeat_ngram_size=3,
        forced_eos_token_id=2,
    )


def _pieces() -> list[tuple[str, float]]:
    """A vocabulary of letters and words: the trainer of such vocabularies gives another one each time."""
    words = sorted({"\u2581" + word for text in TEXTS for word in text.split()})
    letters = sorted({letter for text in TEXTS for letter in text} - {" "})
    return [
        *((special, 0.0) for special in ("<pad>", "</s>", "<unk>")),
        ("\u2581", -4.0),
        *((letter, -6.0) for letter in letters),
        *((word, -8.0) for word in words),
    ]


@pytest.fixture(scope="session")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Knows prefixes of three tasks. Its tokenizer puts no mark before a text, unlike most of its kind."""
    folder = tmp_path_factory.mktemp("t5")
    tokenizer = Tokenizer(models.Unigram(_pieces(), unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="never")
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>", AddedToken("<extra_id_0>", special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(2)
    config = transformers.T5Config(
        vocab_size=tokenizer.get_vocab_size(),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
        initializer_factor=3.0,
        task_specific_params={
            "summarization": {"prefix": "summarize: ", "num_beams": 2, "max_length": 9, "min_length": 3},
            "translation_en_to_de": {"prefix": "to German: ", "num_beams": 1},
            "translation_en_to_fr": {"prefix": "to French: ", "num_beams": 3},
        },
    )
    settings = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "extra_ids": 1}
    special = {"additional_special_tokens": ["<extra_id_0>"]}
    return _save(
        folder,
        transformers.T5ForConditionalGeneration(config),
        {"tokenizer_class": "T5Tokenizer", "model_max_length": 32, **settings, **special},
    )


CHAT = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}"
    "{% if not loop.last or add_generation_prompt %}<|end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decoder with learned positions for 128 tokens and no padding token."""
    folder = tmp_path_factory.mktemp("gpt2")
    tokenizer = _bytes_tokenizer(["<|endoftext|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(3)
    config = transformers.GPT2Config(
        vocab_size=tokenizer.get_vocab_size(),
        n_embd=32,
        n_layer=2,
        n_head=2,
        n_positions=128,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=_SPREAD,
    )
    named = {f"{name}_token": "<|endoftext|>" for name in ("bos", "eos", "unk")}
    return _save(
        folder,
        transformers.GPT2LMHeadModel(config),
        {"tokenizer_class": "GPT2Tokenizer", "model_max_length": 128, **named},
    )


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decoder without learned positions that was made for chats, and samples by its own settings."""
    folder = tmp_path_factory.mktemp("llama")
    tokenizer = _bytes_tokenizer(["<|endoftext|>", "<pad>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(4)
    config = transformers.LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=2,
        initializer_range=_SPREAD,
    )
    named = {"bos_token": "<|endoftext|>", "eos_token": "<|end|>", "pad_token": "<pad>"}
    return _save(
        folder,
        transformers.LlamaForCausalLM(config),
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64, "chat_template": CHAT, **named},
        do_sample=True,
        temperature=0.6,
    )


def _sentencepiece(folder: Path, name: str, lines: tuple[str, ...]) -> list[str]:
    """Train a model; its pieces."""
    import sentencepiece

    written = folder / "lines.txt"
    written.write_text("\n".join(lines * 3))
    sentencepiece.SentencePieceTrainer.train(
        input=str(written), model_prefix=str(folder / name), vocab_size=110, hard_vocab_limit=False, minloglevel=2
    )
    written.unlink()
    (folder / f"{name}.model").rename(folder / f"{name}.spm")
    (folder / f"{name}.vocab").unlink()
    model = sentencepiece.SentencePieceProcessor(str(folder / f"{name}.spm"))
    return [model.id_to_piece(at) for at in range(3, model.get_piece_size())]


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Translates one pair of languages, with a vocabulary of two SentencePiece models."""
    folder = tmp_path_factory.mktemp("marian")
    pieces = _sentencepiece(folder, "source", TEXTS[:4])
    pieces += _sentencepiece(folder, "target", ("Der Film war wunderbar.", "Die Batterie hält nur zwei Tage."))
    tokens = ["</s>", "<unk>", *dict.fromkeys(pieces), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({token: at for at, token in enumerate(tokens)}))
    pad = len(tokens) - 1
    torch.manual_seed(8)
    config = transformers.MarianConfig(
        vocab_size=len(tokens), pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0, **_BOTH
    )
    return _save(
        folder,
        transformers.MarianMTModel(config),
        {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "de", "model_max_length": 48},
        bad_words_ids=[[pad]],
        num_beams=2,
        max_length=20,
        forced_eos_token_id=0,
    )


@pytest.fixture(scope="session")
def m2m100(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Translates between a hundred languages, each with a token of its own."""
    folder = tmp_path_factory.mktemp("m2m100")
    pieces = _sentencepiece(folder, "sentencepiece.bpe", TEXTS)
    (folder / "sentencepiece.bpe.spm").rename(folder / "sentencepiece.bpe.model")
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *pieces]
    (folder / "vocab.json").write_text(json.dumps({token: at for at, token in enumerate(tokens)}))
    torch.manual_seed(6)
    config = transformers.M2M100Config(
        vocab_size=len(tokens) + 108, decoder_start_token_id=2, eos_token_id=2, pad_token_id=1, bos_token_id=0, **_BOTH
    )
    return _save(
        folder,
        transformers.M2M100ForConditionalGeneration(config),
        {"tokenizer_class": "M2M100Tokenizer"},
        max_length=9,
    )
