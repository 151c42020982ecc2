"""One small checkpoint for all runtimes."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.testing import write_tiny_seq2seq_checkpoint


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small encoder and decoder."""
    return write_tiny_seq2seq_checkpoint(tmp_path_factory.mktemp("runtimes"))
