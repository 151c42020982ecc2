"""Members of zip archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from nlptasks.errors import DataError, UsageError
from nlptasks.files.archives import Member, member_of, members
from nlptasks.files.paths import open_input


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("d/a.csv", "text\n" + "good\n" * 1_000)
        file.writestr("b.csv", "text\n")
        file.mkdir("e")
    return path


def test_a_path_goes_on_into_an_archive(archive):
    assert member_of(archive) == Member(archive, "")
    assert member_of(archive / "d" / "a.csv") == Member(archive, "d/a.csv")
    assert member_of(archive.with_name("a.csv")) is None
    assert members(archive) == ["b.csv", "d/a.csv"]


def test_a_member_is_unpacked_as_it_is_read(archive):
    with open_input(archive / "d" / "a.csv") as source:
        assert (source.suffix, source.size) == (".csv", 5 + 5 * 1_000)
        assert source.stream.readline() == b"text\n"
        assert source.position() <= source.size
        assert len(source.stream.read()) == 5_000


def test_a_member_that_is_not_there(archive):
    with pytest.raises(UsageError, match=r"there is no c\.csv in .*z\.zip") as refused, open_input(archive / "c.csv"):
        pass
    assert "d/a.csv" in refused.value.hint


def test_damaged_and_encrypted_archives(archive):
    data = archive.read_bytes()
    at = data.index(b"d/a.csv") + 7
    archive.write_bytes(data[:at] + b"\xff" * 8 + data[at + 8 :])
    with pytest.raises(DataError, match="damaged"), open_input(archive / "d" / "a.csv") as source:
        source.stream.read()
    encrypted = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[data.index(signature) + offset] |= 1
    archive.write_bytes(encrypted)
    with pytest.raises(DataError, match="it is encrypted"), open_input(archive / "d" / "a.csv"):
        pass
    archive.write_bytes(b"no archive")
    with pytest.raises(DataError, match="this is no zip archive, or it is damaged"):
        members(archive)
