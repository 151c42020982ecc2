"""Tiny random backbones that are made on the spot: no download, about a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks.plugin.protocols import Encoder

if TYPE_CHECKING:
    from nlptasks.models.decoder_settings import DecoderSettings
    from nlptasks.models.generation import Instruction
    from nlptasks.models.seq2seq import TransformerSeq2Seq

__all__ = ["tiny_encoder", "tiny_seq2seq", "write_tiny_checkpoint", "write_tiny_seq2seq_checkpoint"]

#: What the tiny decoder can be told to write, task and language.
_INSTRUCTIONS = (("generation", "en"), ("summarization", "en"), ("translation", "de"), ("translation", "fr"))

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
    from nlptasks.models.encoder import TransformerEncoder

    return TransformerEncoder(write_tiny_checkpoint(folder, seed=seed), name="tiny", device="cpu")


def write_tiny_seq2seq_checkpoint(folder: Path, *, seed: int = 0, settings: DecoderSettings | None = None) -> Path:
    """Write the encoder of :func:`write_tiny_checkpoint` with a random decoder of 2 layers.

    The decoder has a byte-level vocabulary and writes at most 61 tokens of nonsense: in English for ``generation`` and
    ``summarization``, in German (``de``) and French (``fr``) for ``translation``.

    Args:
        folder: Where to write; made if need be.
        seed: Seeds the weights.
        settings: How the decoder is run; ``None``: as usual.

    Returns:
        The folder.
    """
    from tempfile import TemporaryDirectory

    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertLMHeadModel

    from nlptasks.models.checkpoints import write_seq2seq
    from nlptasks.models.decoder_settings import DecoderSettings
    from nlptasks.models.generation import Instruction

    instructions = [Instruction(*item) for item in _INSTRUCTIONS]
    tokenizer = _tiny_decoder_tokenizer(instructions)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        type_vocab_size=1,
        initializer_range=0.3,  # ten times the usual: probabilities that differ, for texts that do
        is_decoder=True,
        add_cross_attention=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        decoder = BertLMHeadModel(config)
    _make_legible(decoder, tokenizer)
    with TemporaryDirectory() as name:
        encoder = write_tiny_checkpoint(Path(name), seed=seed)
        write_seq2seq(
            folder,
            encoder_config=BertConfig.from_pretrained(encoder),
            encoder_weights=load_file(encoder / "model.safetensors"),
            decoder_config=config,
            decoder_weights=decoder.state_dict(),
            decoder_tokenizer=tokenizer,
            encoder_files=encoder,
            instructions=instructions,
            settings=settings or DecoderSettings(),
        )
    return folder


def tiny_seq2seq(folder: Path, *, seed: int = 0, settings: DecoderSettings | None = None) -> TransformerSeq2Seq:
    """A random encoder with a random decoder, from a checkpoint that is written to ``folder`` first."""
    from nlptasks.models.seq2seq import TransformerSeq2Seq

    written = write_tiny_seq2seq_checkpoint(folder, seed=seed, settings=settings)
    return TransformerSeq2Seq(written, name="tiny", device="cpu")


def _make_legible(decoder: Any, tokenizer: Any) -> None:
    """Let a random decoder write mostly letters and spaces, and end some texts while others are cut."""
    bias, end = decoder.cls.predictions.bias.data, tokenizer.token_to_id("</s>")
    for token, at in tokenizer.get_vocab().items():
        letters = token.replace("Ġ", "a")
        bias[at] = 0.0 if letters.isascii() and letters.isalpha() else -4.0
    decoder.bert.embeddings.word_embeddings.weight.data[end] *= 0.25
    bias[end] = 4.0


def _tiny_decoder_tokenizer(instructions: Sequence[Instruction]) -> Any:
    """Bytes, special tokens and a few merges."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    from nlptasks.models.decoder_vocabulary import special_tokens

    special = special_tokens(instructions)
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("o", "o"), ("Ġ", "g"), ("Ġg", "oo"), ("Ġgoo", "d")]
    tokens = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(one + other for one, other in merges)]
    tokenizer = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, merges))
    tokenizer.add_special_tokens(list(special))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
