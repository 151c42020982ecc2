"""Tiny random checkpoints of many kinds, each made on the spot as transformers would save it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from nlptasks.models.runtimes.torch_devices import quiet_loading
from nlptasks.testing import write_tiny_checkpoint
from nlptasks_hub.backbone import opened
from nlptasks_hub.checkpoints.checkpoint import open_checkpoint

TEXTS = (
    "the phone works very late and the service is not bad",
    "good film, broken phone: translate English to German and summarize it",
    "Der Akku hält zwei Tage, und der Film ist gut.",
    "nothing is as bad as a very good phone that is broken",
)

SMALL = {"vocab_size": 0, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2}
BART = SMALL | {"decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "init_std": 0.3}
BERT = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}

Make = Callable[..., Any]


def byte_level(folder: Path, special: Mapping[str, str], frame: tuple[str, str] | None = None, **settings: Any) -> int:
    """Write a byte-level tokenizer with the special tokens; return the size of its vocabulary."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    names = list(dict.fromkeys(special.values()))
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=names, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    return finish(folder, tokenizer, special, frame, processors.ByteLevel(trim_offsets=True), **settings)


def unigram(folder: Path, special: Mapping[str, str], frame: tuple[str, str] | None = None, **settings: Any) -> int:
    """Write a tokenizer like SentencePiece's; return the size of its vocabulary."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    names = list(special.values())
    trainer = trainers.UnigramTrainer(
        vocab_size=120, special_tokens=names, unk_token=special["unk_token"], show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    return finish(folder, tokenizer, special, frame, None, **settings)


def finish(
    folder: Path,
    tokenizer: Tokenizer,
    special: Mapping[str, str],
    frame: tuple[str, str] | None,
    trim: Any,
    **settings: Any,
) -> int:
    if frame:
        ids = [(token, tokenizer.token_to_id(token)) for token in dict.fromkeys(special.values())]
        around = processors.TemplateProcessing(single=frame[0], pair=frame[1], special_tokens=ids)
        tokenizer.post_processor = processors.Sequence([trim, around]) if trim else around
    elif trim:
        tokenizer.post_processor = trim
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64, **special, **settings}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
    return tokenizer.get_vocab_size()


def save(folder: Path, kind: str, config: Any, *, seed: int = 0) -> Path:
    """Write a random model of a class of transformers."""
    import transformers

    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(seed)
        model = getattr(transformers, kind)(config)
        for weight in model.parameters():
            if weight.dim() == 1:
                weight.data += torch.randn_like(weight) * 0.1
        model.save_pretrained(folder)
    return folder


def bert(folder: Path, kind: str = "BertForSequenceClassification", **settings: Any) -> Path:
    from transformers import BertConfig

    write_tiny_checkpoint(folder)
    size = BertConfig.from_pretrained(folder).vocab_size
    return save(folder, kind, BertConfig(vocab_size=size, max_position_embeddings=64, **BERT, **settings))


ROBERTA = {"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "eos_token": "</s>"}
ROBERTA_FRAME = ("<s> $A </s>", "<s> $A </s> </s> $B </s>")


def roberta(folder: Path, kind: str = "RobertaForSequenceClassification", **settings: Any) -> Path:
    from transformers import RobertaConfig

    names = ["input_ids", "attention_mask"]
    size = byte_level(folder, ROBERTA, ROBERTA_FRAME, model_input_names=names, model_max_length=1_000)
    more = {"max_position_embeddings": 66, "pad_token_id": 1, "type_vocab_size": 1}
    return save(folder, kind, RobertaConfig(vocab_size=size, **more, **BERT, **settings))


def distilbert(folder: Path, kind: str = "DistilBertForSequenceClassification", **settings: Any) -> Path:
    from transformers import BertConfig, DistilBertConfig

    write_tiny_checkpoint(folder)
    size = BertConfig.from_pretrained(folder).vocab_size
    shape = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "max_position_embeddings": 64}
    return save(folder, kind, DistilBertConfig(vocab_size=size, **shape, **settings))


def bart(folder: Path, kind: str = "BartForConditionalGeneration", **settings: Any) -> Path:
    from transformers import BartConfig

    size = byte_level(folder, ROBERTA, ROBERTA_FRAME, model_input_names=["input_ids", "attention_mask"])
    shape = {**BART, "vocab_size": size, "max_position_embeddings": 64}
    ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    return save(folder, kind, BartConfig(**shape, **ids, **settings))


def t5(folder: Path, **settings: Any) -> Path:
    from transformers import T5Config

    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    size = unigram(folder, special, ("$A </s>", "$A </s> $B </s>"), model_input_names=["input_ids", "attention_mask"])
    shape = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0}
    tasks = {
        "summarization": {"prefix": "summarize: ", "num_beams": 4, "min_length": 30},
        "translation_en_to_de": {"prefix": "translate English to German: "},
    }
    config = T5Config(vocab_size=size, **shape, **{"task_specific_params": tasks, **settings})
    return save(folder, "T5ForConditionalGeneration", config)


def gpt2(folder: Path, kind: str = "GPT2LMHeadModel", template: str = "", **settings: Any) -> Path:
    from transformers import GPT2Config

    special = {"bos_token": "<|end|>", "eos_token": "<|end|>"}
    more = {"chat_template": template} if template else {}
    size = byte_level(folder, special, model_input_names=["input_ids", "attention_mask"], **more)
    shape = {"n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 2, "initializer_range": 0.3}
    return save(folder, kind, GPT2Config(vocab_size=size, bos_token_id=0, eos_token_id=0, **shape, **settings))


def sentencepiece_model(path: Path, *, special: bool) -> Any:
    """Train a SentencePiece model; return its pieces."""
    import sentencepiece

    lines = path.with_suffix(".txt")
    lines.write_text("\n".join(TEXTS), encoding="utf-8")
    ids = {"bos_id": 0, "pad_id": 1, "eos_id": 2, "unk_id": 3} if special else {"bos_id": -1, "eos_id": 0, "unk_id": 1}
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(path.with_suffix("")),
        vocab_size=80,
        hard_vocab_limit=False,
        minloglevel=5,
        **ids,
    )
    lines.unlink()
    path.with_suffix(".model").rename(path)
    path.with_suffix(".vocab").unlink()
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [pieces.id_to_piece(at) for at in range(pieces.get_piece_size())]


def marian(folder: Path, **settings: Any) -> Path:
    from transformers import MarianConfig

    folder.mkdir(parents=True, exist_ok=True)
    pieces = [sentencepiece_model(folder / name, special=False) for name in ("source.spm", "target.spm")]
    words = [*dict.fromkeys([*pieces[0], *pieces[1]]), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({word: at for at, word in enumerate(words)}), encoding="utf-8")
    about = {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "de", "model_max_length": 64}
    (folder / "tokenizer_config.json").write_text(json.dumps(about), encoding="utf-8")
    pad = len(words) - 1
    ids = {"pad_token_id": pad, "eos_token_id": 0, "forced_eos_token_id": 0, "decoder_start_token_id": pad}
    shape = {**BART, "vocab_size": len(words), "max_position_embeddings": 64, "scale_embedding": True}
    return save(folder, "MarianMTModel", MarianConfig(**shape, **ids, **settings))


def m2m(folder: Path, **settings: Any) -> Path:
    from transformers import M2M100Config, M2M100Tokenizer
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    folder.mkdir(parents=True, exist_ok=True)
    pieces = sentencepiece_model(folder / "sentencepiece.bpe.model", special=True)
    (folder / "vocab.json").write_text(json.dumps({word: at for at, word in enumerate(pieces)}), encoding="utf-8")
    tokenizer = M2M100Tokenizer(
        vocab_file=str(folder / "vocab.json"),
        spm_file=str(folder / "sentencepiece.bpe.model"),
        src_lang="en",
        model_max_length=64,
        additional_special_tokens=[f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]],
    )
    tokenizer.save_pretrained(folder)
    ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
    shape = {**BART, "vocab_size": len(pieces) + 108, "max_position_embeddings": 64}
    return save(folder, "M2M100ForConditionalGeneration", M2M100Config(**shape, **ids, **settings))


KINDS = {make.__name__: make for make in (bert, roberta, distilbert, bart, t5, gpt2, marian, m2m)}


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A function that writes a checkpoint of a kind and returns its folder; the same one for the same arguments."""
    known: dict[str, Path] = {}

    def make(kind: str, *args: Any, **settings: Any) -> Path:
        key = repr((kind, args, sorted(settings.items())))
        if key not in known:
            known[key] = KINDS[kind](tmp_path_factory.mktemp(kind) / kind, *args, **settings)
        return known[key]

    return make


@pytest.fixture(scope="session")
def backbone(checkpoint: Make) -> Make:
    """A function that opens such a checkpoint."""
    known: dict[Path, Any] = {}

    def make(kind: str, *args: Any, **settings: Any) -> Any:
        folder = checkpoint(kind, *args, **settings)
        if folder not in known:
            known[folder] = opened(open_checkpoint(str(folder)), device="cpu")
        return known[folder]

    return make
