"""Small files, read as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks.errors import UsageError
from nlptasks.files.toml import read_toml
from nlptasks.files.whole import LARGEST, whole_text


def test_lines_end_as_in_any_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("é\r\nb\rc\n".encode())
    assert whole_text(tmp_path / "a") == "é\nb\nc\n"


def test_a_file_that_is_no_settings_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "a.toml").open("wb") as stream:
        stream.truncate(LARGEST * 1000)
    with pytest.raises(UsageError, match="larger than 64 MB"):
        read_toml(tmp_path / "a.toml", "configuration")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_a_device_without_an_end() -> None:
    with pytest.raises(UsageError, match="larger than 64 MB"):
        read_toml(Path("/dev/zero"), "configuration")
