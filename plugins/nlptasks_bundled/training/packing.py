"""A training's start and data in one small file, for a machine that has neither, nor a network.

Token ids are two bytes each. Matrices of a start that was made of 4-bit weights are those again: 32 of them are a scale
and their nibbles, which give the same bits back.
"""

from __future__ import annotations

import io
import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlptasks.files.paths import atomic_output
from nlptasks.plugin.predictions import Label, Span
from nlptasks.training.recipes import Recipe, RecipeTask

from .entities import Tags
from .parts import HeldOut, TrainingPart
from .pieces import TrainingPiece

Arrays = dict[str, NDArray[Any]]

#: Weights that have one scale in common, as ggml's q4_0 has it: the largest of them is -8 times the scale.
_BLOCK = 32

_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in (Label, Span, Tags)}

_RECIPE, _PARTS, _CONFIG = "recipe", "parts", "config"


def pack(path: Path, recipe: Recipe, parts: Sequence[TrainingPart], config: Mapping[str, Any], weights: Arrays) -> None:
    """Write a training into a file: of each part that is read, as many pieces as the recipe's tokens will read.

    Args:
        path: The file.
        recipe: The recipe.
        parts: Its parts.
        config: The encoder's configuration.
        weights: Its weights in float16, by name.
    """
    arrays: Arrays = {}
    read = [part for part in parts if part.weight]
    total = sum(part.weight for part in read)
    for number, part in enumerate(read):
        pieces = _some(part, recipe.tokens * part.weight / total, (recipe.seed, number))
        arrays |= {f"{number}.{name}": array for name, array in _of_pieces(pieces).items()}
    for name, weight in weights.items():
        arrays |= _of_weight(f"weight:{name}", weight)
    told = {
        _RECIPE: asdict(recipe) | {"tasks": []},
        _CONFIG: dict(config),
        _PARTS: [_told(part) for part in read],
    }
    buffer = io.BytesIO()
    np.savez(buffer, told=np.frombuffer(json.dumps(told).encode(), np.uint8), allow_pickle=False, **arrays)
    with atomic_output(path, force=True) as stream:
        stream.write(lzma.compress(buffer.getvalue(), preset=6))


def unpack(path: Path) -> tuple[Recipe, tuple[TrainingPart, ...], dict[str, Any], Arrays]:
    """The recipe, its parts without held-out rows, and the encoder's configuration and weights of a packed file."""
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as arrays:
        told = json.loads(arrays["told"].tobytes())
        names = sorted({key.rpartition(":")[0] for key in arrays if key.startswith("weight:")})
        weights = {name.removeprefix("weight:"): _to_weight(name, arrays) for name in names}
        parts = tuple(_to_part(number, part, arrays) for number, part in enumerate(told[_PARTS]))
    recipe = Recipe(**told[_RECIPE] | {"tasks": tuple(RecipeTask(task="", head="", data=()) for _ in parts)})
    return recipe, parts, told[_CONFIG], weights


def _some(part: TrainingPart, tokens: float, seed: tuple[int, int]) -> list[TrainingPiece]:
    """Pieces at random, with about so many tokens."""
    order = np.random.default_rng(seed).permutation(len(part.pieces))
    ends = np.cumsum([len(part.pieces[at]) for at in order])
    return [part.pieces[at] for at in sorted(order[: int(np.searchsorted(ends, tokens)) + 1])]


def _of_pieces(pieces: Sequence[TrainingPiece]) -> Arrays:
    rows = [row for piece in pieces for row in (piece, piece.partner) if row is not None]
    return {
        "ids": np.concatenate([row.ids for row in rows]).astype(np.uint16),
        "lengths": np.array([len(row.ids) for row in rows], np.int32),
        "text": np.array([row.text for row in rows], np.int16),
        "types": np.packbits(np.concatenate([row.types for row in rows]).astype(bool)),
        "targets": np.concatenate([np.array(row.target, np.int32) for row in rows]),
        "targeted": np.array([len(row.target) for row in rows], np.int32),
    }


def _to_pieces(number: int, arrays: Mapping[str, NDArray[Any]], *, paired: bool) -> Iterator[TrainingPiece]:
    ids, lengths, text, types, targets, targeted = (
        arrays[f"{number}.{name}"] for name in ("ids", "lengths", "text", "types", "targets", "targeted")
    )
    places, aims = np.cumsum(lengths)[:-1], np.cumsum(targeted)[:-1]
    split = np.split(np.unpackbits(types)[: len(ids)].astype(np.int8), places)
    rows = [
        TrainingPiece(ids=row, types=kinds, text=(int(span[0]), int(span[1])), target=tuple(target.tolist()))
        for row, kinds, span, target in zip(
            np.split(ids.astype(np.int32), places), split, text, np.split(targets, aims), strict=True
        )
    ]
    if not paired:
        yield from rows
        return
    for row, partner in zip(rows[::2], rows[1::2], strict=True):
        yield replace(row, partner=partner)


def _told(part: TrainingPart) -> dict[str, Any]:
    named = ("name", "head", "objective", "labels", "weight", "rows", "licence", "source")
    paired = any(piece.partner for piece in part.pieces[:1])
    return {name: getattr(part, name) for name in named} | {"prediction": part.prediction.__name__, "paired": paired}


def _to_part(number: int, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> TrainingPart:
    plain = {key: value for key, value in told.items() if key not in ("prediction", "paired", "labels")}
    return TrainingPart(
        **plain,
        labels=tuple(told["labels"]),
        prediction=_KINDS.get(told["prediction"], Label),
        pieces=list(_to_pieces(number, arrays, paired=told["paired"])),
        held_out=HeldOut(examples=(), windows=()),
        score=_unscored,
    )


def _unscored(*_: Sequence[str]) -> dict[str, float]:
    return {}


def _of_weight(name: str, weight: NDArray[Any]) -> Arrays:
    if weight.size % _BLOCK == 0:
        blocks = weight.astype(np.float32).reshape(-1, _BLOCK)
        largest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
        scales = (largest / -8).astype(np.float16)
        levels = np.rint(blocks / np.where(scales == 0, 1, scales).astype(np.float32)[:, None])
        if np.array_equal(_dequantized(scales, levels), weight.reshape(-1, _BLOCK)):
            nibbles = (levels + 8).astype(np.uint8)
            return {
                f"{name}:scales": scales,
                f"{name}:nibbles": nibbles[:, ::2] | nibbles[:, 1::2] << 4,
                f"{name}:shape": np.array(weight.shape),
            }
    return {f"{name}:plain": weight}


def _to_weight(name: str, arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.float16]:
    if f"{name}:plain" in arrays:
        return arrays[f"{name}:plain"]
    nibbles = arrays[f"{name}:nibbles"]
    levels = np.stack([nibbles & 15, nibbles >> 4], axis=-1).reshape(len(nibbles), _BLOCK).astype(np.float32) - 8
    return _dequantized(arrays[f"{name}:scales"], levels).reshape(arrays[f"{name}:shape"])


def _dequantized(scales: NDArray[np.float16], levels: NDArray[np.float32]) -> NDArray[np.float16]:
    found: NDArray[np.float16] = (levels * scales.astype(np.float32)[:, None]).astype(np.float16)
    return found
