"""What a decoder wants beside its weights."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from nlptasks.models.checkpoints import decoder_settings
from nlptasks.models.decoder_settings import OWN, DecoderSettings
from nlptasks.models.generation import USUAL_PENALTY
from nlptasks.testing import write_tiny_seq2seq_checkpoint


def test_a_checkpoint_says_them_beside_the_weights(tmp_path):
    told = DecoderSettings(length_penalty=1.5, own={f"{OWN}cache": {"size": 3}})
    assert decoder_settings(write_tiny_seq2seq_checkpoint(tmp_path / "told", settings=told)) == told
    assert decoder_settings(write_tiny_seq2seq_checkpoint(tmp_path / "usual")) == DecoderSettings()


def test_they_are_a_value():
    settings = DecoderSettings()
    assert (settings.length_penalty, settings.own) == (USUAL_PENALTY, {})
    with pytest.raises(FrozenInstanceError):
        settings.length_penalty = 2.0
