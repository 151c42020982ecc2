"""The vocabulary: which of the 250,002 pieces of XLM-R are kept, and the tokenizer that is made of these.

The kept ones are a bit each in ``vocabulary.bin``, which :mod:`nlptasks_multilingual.cutting` wrote. A tokenizer of all
would take 0.7 seconds to build at each start, and 200 MB; a piece that is left out is read as two shorter ones or
more.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from .quantised import Piece

__all__ = ["PREFIX", "SPECIAL", "VOCABULARY", "kept", "packed", "tokenizer"]

#: The file, beside this module.
VOCABULARY = Path(__file__).with_name("vocabulary.bin")

#: The first four pieces, by what settings of tokenizers call them.
SPECIAL = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}

#: ``query:``, which stands before each text: e5 was trained so, on queries and on whatever is compared with its like.
PREFIX = "▁que", "ry", ":"

#: Characters that SentencePiece's table turns into a space or into nothing, and NFKC does not.
_SPACES = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
_NOTHING = r"[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"


def packed(numbers: Iterable[int], pieces: int) -> bytes:
    """Numbers of pieces as a file keeps them: a bit for each piece, compressed."""
    bits = np.zeros(pieces, dtype=np.uint8)
    bits[list(numbers)] = 1
    return zlib.compress(np.packbits(bits).tobytes(), 9)


def kept(content: bytes) -> NDArray[np.int64]:
    """Numbers of the pieces that :func:`packed` wrote, in order."""
    return np.flatnonzero(np.unpackbits(np.frombuffer(zlib.decompress(content), np.uint8)))


def tokenizer(pieces: Sequence[Piece]) -> Tokenizer:
    """A tokenizer that cuts a text as SentencePiece does with these pieces, and puts the prefix before it.

    Args:
        pieces: The first four are those of :data:`SPECIAL`, in its order.
    """
    numbers = {piece: number for number, (piece, _) in enumerate(pieces)}
    made = Tokenizer(models.Unigram(list(pieces), unk_id=numbers[SPECIAL["unk_token"]]))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Replace(Regex(_NOTHING), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" +"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    around = {"start": [SPECIAL["bos_token"]], "prefix": [*PREFIX], "end": [SPECIAL["eos_token"]]}
    made.post_processor = processors.TemplateProcessing(
        single="start prefix $A end",
        pair="start prefix $A end end $B end",
        special_tokens=[
            {"id": name, "ids": [numbers[piece] for piece in several], "tokens": several}
            for name, several in around.items()
        ],
    )
    return made
