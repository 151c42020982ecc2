"""A training in one file: what is read back is what was written, to the bit."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import numpy as np

from nlptasks.plugin.predictions import Label, Span
from nlptasks.training.recipes import Recipe
from nlptasks_bundled.training.entities import Tags
from nlptasks_bundled.training.packing import pack, unpack
from nlptasks_bundled.training.parts import HeldOut, TrainingPart
from nlptasks_bundled.training.pieces import IGNORED, TrainingPiece

RECIPE = Recipe(backbone="tiny", tasks=(), tokens=10_000, seed=3, dropout=0.2)


def piece(length: int, target: tuple[int, ...], partner: TrainingPiece | None = None) -> TrainingPiece:
    ids = np.arange(length, dtype=np.int32) + 60_000
    types = (np.arange(length) > 2).astype(np.int8)
    return TrainingPiece(ids=ids, types=types, text=(1, length - 1), target=target, partner=partner)


def part(name: str, prediction: type, pieces: list[TrainingPiece], weight: float = 1.0) -> TrainingPart:
    return TrainingPart(
        name=name,
        head=name,
        objective="",
        prediction=prediction,
        labels=("a", "b"),
        weight=weight,
        rows=len(pieces),
        pieces=pieces,
        held_out=HeldOut(examples=(), windows=()),
        score=lambda *_: {},
    )


def same(one: TrainingPiece, other: TrainingPiece) -> bool:
    arrays = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("ids", "types"))
    alike = (one.text, one.target) == (other.text, other.target)
    if one.partner is None or other.partner is None:
        return arrays and alike and one.partner is other.partner
    return arrays and alike and same(one.partner, other.partner)


def test_a_training_is_read_back_as_it_was(tmp_path: Path):
    parts = [
        part("labels", Label, [piece(5, (1,)), piece(9, (0,))]),
        part("spans", Span, [piece(7, (2, 3))]),
        part("tags", Tags, [piece(6, (IGNORED, 1, 0, IGNORED, 1, IGNORED))]),
        part("pairs", Label, [piece(4, (0,), piece(8, (0,))), piece(6, (1,), piece(5, (1,)))]),
        part("only looked at", Label, [piece(5, (1,))], weight=0.0),
    ]
    pack(tmp_path / "packed", RECIPE, parts, {"hidden_size": 8}, {})
    recipe, found, config, weights = unpack(tmp_path / "packed")
    assert (recipe.tokens, recipe.seed, recipe.dropout, config, weights) == (10_000, 3, 0.2, {"hidden_size": 8}, {})
    assert [item.name for item in found] == ["labels", "spans", "tags", "pairs"]
    for before, after in zip(parts, found, strict=False):
        assert (before.prediction, before.labels, before.head) == (after.prediction, after.labels, after.head)
        assert all(same(one, other) for one, other in zip(before.pieces, after.pieces, strict=True))


def test_only_what_will_be_read_is_packed(tmp_path: Path):
    many = part("many", Label, [piece(10, (0,)) for _ in range(5_000)])
    few = part("few", Label, [piece(10, (1,)) for _ in range(50)])
    pack(tmp_path / "packed", RECIPE, [many, few], {}, {})
    _, found, _, _ = unpack(tmp_path / "packed")
    assert [len(item.pieces) for item in found] == [500, 50]


def test_weights_that_were_of_four_bits_are_again(tmp_path: Path):
    generator = np.random.default_rng(0)
    levels = generator.integers(-8, 8, (64, 32)).astype(np.float32)
    levels[:, 5] = -8  # the largest, which the scale comes from
    scales = generator.uniform(0.001, 0.1, (64, 1)).astype(np.float16).astype(np.float32)
    weights = {
        "quantized": (levels * scales).astype(np.float16).reshape(32, 64),
        "zero": np.zeros((2, 32), np.float16),
        "plain": generator.normal(size=(32, 64)).astype(np.float16),
        "short": generator.normal(size=7).astype(np.float16),
    }
    pack(tmp_path / "packed", RECIPE, [part("labels", Label, [piece(5, (1,))])], {}, weights)
    *_, found = unpack(tmp_path / "packed")
    assert found.keys() == weights.keys()
    for name, weight in weights.items():
        assert np.array_equal(found[name], weight)
        assert found[name].shape == weight.shape
    with np.load(_opened(tmp_path / "packed")) as arrays:
        assert {key.partition(":")[2] for key in arrays if "nibbles" in key} == {"quantized:nibbles", "zero:nibbles"}


def _opened(path: Path) -> io.BytesIO:
    return io.BytesIO(lzma.decompress(path.read_bytes()))
