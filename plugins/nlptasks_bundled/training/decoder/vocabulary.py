"""The decoder's own vocabulary: byte-level pieces, so that any text can be written and its capitals are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from nlptasks.decoder_text import special_tokens
from nlptasks.generation import Instruction


def learn_vocabulary(texts: Iterable[str], size: int, instructions: Sequence[Instruction]) -> Tokenizer:
    """A byte-level BPE of a size (Sennrich et al. 2016, arXiv 1508.07909; on bytes, Radford et al. 2019).

    Args:
        texts: What it learns from.
        size: Tokens, those of the alphabet and the special ones included.
        instructions: What the decoder will be told; each task and each language gets a token.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(special_tokens(instructions)),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
