"""What the bundled decoder alone wants, as its checkpoint holds it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.models.decoder_settings import DecoderSettings
from nlptasks.models.generation import Instruction
from nlptasks.testing import write_tiny_seq2seq_checkpoint
from nlptasks_bundled.seq2seq import BundledSeq2Seq
from nlptasks_bundled.settings import BundledSettings, NeuralCache

SETTINGS = BundledSettings(placeholders=("Tom", "Mary"), neural_cache={"generation": NeuralCache(0.3, 10.0)})


@pytest.mark.parametrize(("share", "sharpness"), [(0.0, 1.0), (1.0, 1.0), (0.5, 0.0), (0.5, math.inf), (math.nan, 1.0)])
def test_numbers_out_of_range_are_refused(share: float, sharpness: float) -> None:
    with pytest.raises(UsageError, match="of a neural cache must be"):
        NeuralCache(share, sharpness)


def test_a_checkpoint_holds_them(tmp_path: Path) -> None:
    write_tiny_seq2seq_checkpoint(tmp_path, settings=DecoderSettings(own=SETTINGS.as_own()))
    opened = BundledSeq2Seq(tmp_path, name="tiny", device="cpu")
    assert opened.own == SETTINGS
    assert opened.memory(Instruction("generation", "en")) is not None
    assert opened.memory(Instruction("translation", "de")) is None


def test_one_without_any_writes_as_every_decoder_does(tmp_path: Path) -> None:
    opened = BundledSeq2Seq(write_tiny_seq2seq_checkpoint(tmp_path), name="tiny", device="cpu")
    assert opened.own == BundledSettings()
    assert BundledSettings().as_own() == {}


@pytest.mark.parametrize(
    "cache", [[], {"generation": 1}, {"generation": {"share": 0.3}}, {"generation": {"share": 1.0, "sharpness": 10.0}}]
)
def test_a_cache_that_is_damaged_is_named(tmp_path: Path, cache: Any) -> None:
    own = {"nlptasks_neural_cache": cache}
    opened = BundledSeq2Seq(
        write_tiny_seq2seq_checkpoint(tmp_path, settings=DecoderSettings(own=own)), name="tiny", device="cpu"
    )
    with pytest.raises(NlptasksError, match=r"tiny.*no settings can be read here"):
        _ = opened.own
