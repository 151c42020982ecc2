"""What all tests share. Nothing here reaches a network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from nlptasks.models.generation import Generator
from nlptasks.plugin.protocols import Encoder
from nlptasks.testing import tiny_encoder, tiny_seq2seq

os.environ["HF_HUB_OFFLINE"] = "1"

# How long an example takes says nothing on a busy machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A tiny random encoder."""
    return tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def foreign_encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """Another tiny encoder, of the same shape and with other weights."""
    return tiny_encoder(tmp_path_factory.mktemp("foreign"), seed=1)


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """A tiny random encoder with a tiny random decoder, which writes nonsense."""
    return tiny_seq2seq(tmp_path_factory.mktemp("writer"))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example files."""
    return Path(__file__).parents[1] / "examples"
